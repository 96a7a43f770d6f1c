"""The rows that a test makes so that there is something to refer to."""

from scaffold.growing.rows import Row, distinct


def test_rows_of_one_model_have_other_values() -> None:
    owner = Row("owner", "User", "users", (("email", "str(number)"),))
    order = Row("order", "Order", "orders", (("owner_id", "owner_rows[number].id"),))
    user = owner._replace(variable="user")

    made = distinct([owner, order, user])

    assert made == [owner, order, user._replace(arguments=(("email", "str(number + 3)"),))]
