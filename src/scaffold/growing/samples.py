"""What the tests of a feature send: values that are taken, and some that are refused."""

from scaffold.growing.fields import Field


def taken(field: Field) -> str:
    """Return the Python of a value that is another for each `number` from 0 to 2."""
    match field.kind:
        case "str":
            return 'f"text {number}"' if field.length >= len("text 0") else "str(number)"
        case "text":
            return 'f"text {number}"'
        case "int":
            return "number"
        case "decimal":
            return 'f"{number}.50"'
        case "bool":
            return "True"
        case "date":
            return 'f"2026-01-0{number + 1}"'
        case "datetime":
            return 'f"2026-01-01T0{number}:00:00Z"'
        case "uuid":
            return "str(UUID(int=number))"
        case "email":
            return 'f"name{number}@example.com"'
        case "enum":
            return f'"{field.choices[0]}"'
        case _:
            return f"str({field.stem}_rows[number].id)"


def refused(field: Field) -> list[str]:
    """Return the Python of values that are refused."""
    nothing = [] if field.is_optional else ["None"]
    wrong = {
        "str": ["5", '""', f'"x" * {field.length + 1}'],
        "text": ["5", r'"\0"'],
        "int": ['"1"', "2**31"],
        "decimal": ["1.5", '"0.001"'],
        "bool": ['"true"'],
        "date": ['"2026-02-30"'],
        "datetime": ['"2026-01-01T00:00:00"'],
        "uuid": ['"1"'],
        "email": ['"nobody"'],
        "enum": ['"none of them"'],
        "ref": ['"1"', "str(uuid4())"],
    }
    return nothing + wrong[field.kind]


def differ(field: Field) -> bool:
    """Return whether the values that are taken differ, and sort as their texts do."""
    return field.kind not in ("bool", "enum", "ref")
