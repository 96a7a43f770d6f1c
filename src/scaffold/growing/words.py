"""Words that mean something already: in Python, in SQL, in the frameworks, and in what is written."""

import builtins
import keyword


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What PostgreSQL and MySQL reserve. Quoted they would work, and bite in the first query typed by hand.
_SQL = _set(
    """
    accessible add all alter analyse analyze and any array as asc asensitive asymmetric
    authorization before between bigint binary blob both by call cascade case cast change char
    character check collate column condition constraint continue convert create cross cube
    cume_dist current_catalog current_date current_role current_schema current_time
    current_timestamp current_user cursor database databases dec decimal declare default
    deferrable delayed delete dense_rank desc describe deterministic distinct distinctrow div
    do double drop dual each else elseif empty enclosed end escaped except exists exit explain
    false fetch first_value float for force foreign freeze from full fulltext function
    generated get grant group grouping groups having high_priority if ignore ignore_server_ids
    ilike in index infile initially inner inout insensitive insert int integer intersect
    interval into is isnull iterate join json_table key keys kill lag last_value lateral lead
    leading leave left like limit linear lines load localtime localtimestamp lock long longblob
    longtext loop low_priority match maxvalue mediumblob mediumint mediumtext middleint mod
    modifies natural new no_write_to_binlog not notnull nth_value ntile null numeric of off
    offset old on only optimize optimizer_costs option optionally or order out outer outfile
    over overlaps partition percent_rank persist persist_only placing precision primary
    procedure purge range rank read read_write reads real recursive references regexp release
    rename repeat replace require resignal restrict return returning revoke right rlike row
    row_number rows schema schemas select sensitive separator session_user set show signal
    similar smallint some spatial specific sql sqlexception sqlstate sqlwarning ssl starting
    stored straight_join symmetric system table terminated then tinyblob tinyint tinytext to
    trailing trigger true undo union unique unlock unsigned update usage use user using
    utc_date utc_time utc_timestamp values varbinary varchar varcharacter variadic varying
    verbose virtual when where while window with write xor year_month zerofill
    """
)
_PYTHON = frozenset([*keyword.kwlist, *keyword.softkwlist])
# Modules and paths that the template has, or that an option adds later.
_TEMPLATE = _set(
    """
    access accounts admin api asgi auth bodies cache common compliance conftest db docs errors
    events features health home jobs login logout logs mail main manage metrics middleware
    migrations openapi pages pagination passwords predictions profile protocol proxies realtime
    redoc schemas security server settings static tasks telemetry templates test tests ticket
    tickets upstream urls users web worker ws wsgi
    """
)
# Attributes of models, of Pydantic's and of forms that a field would hide.
_ATTRIBUTES = _set(
    """
    self cls
    id pk created_at updated_at
    metadata registry objects query
    adelete arefresh_from_db asave check clean clean_fields date_error_message delete from_db
    full_clean get_constraints get_deferred_fields prepare_database_save refresh_from_db save
    save_base serializable_value unique_error_message validate_constraints validate_unique
    construct copy dict fields from_orm json parse_file parse_obj parse_raw schema schema_json
    update_forward_refs validate
    context data errors initial instance is_valid media serializer_class
    create update to_representation to_internal_value
    datetime dt decimal date_type
    admin forms models serializers
    """
)
# What the functions that have one of them in a variable call something else.
_VARIABLES = _set(
    """
    admin_required anew atomic blueprint caller changed changes changing chosen current_user data
    get_session login_required problems request response reverse router services session timezone
    update url url_for values
    """
)
# Classes that the modules of a feature import, or that frameworks find by name.
_CLASSES = _set(
    """
    APIBlueprint APIRouter Account AllowAny AsyncSession AuthenticatedRequest BasePermission
    BaseSerializer Changes Client CreateView DeleteView DetailView EmailField HttpRequest
    HttpResponse HttpResponseClientRefresh ListView LoginRequiredMixin ModelSerializer
    ModelViewSet Own Select StrictBooleanField StrictCharField StrictDecimalField
    StrictIntegerField StrictUUIDField SuccessMessageMixin UpdateView UserPassesTestMixin
    Admin Annotated Any Base BaseModel Body Boolean Caller Conflict DBSession Date DateTime Decimal
    Email Field ForeignKey Form Integer IntegrityError Invalid IsAdmin JSONRoute List Literal Mapped
    Mapping Meta Missing Model NotFound Numeric Page PageQuery Problem ProtectedError Query QuerySet
    ReadSession Request Response Router Sequence Serializer Session String Text Timestamps User Uuid
    View ViewSet
    """
)
# Types of fields, beside those.
_TYPES = _set(
    """
    AfterValidator Amount BeforeValidator ConfigDict Day Int Moment Sort StrictBool
    StringConstraints WithJsonSchema
    """
)


def taken_as_feature(name: str) -> str | None:
    """Return who has taken a feature's name, if somebody has."""
    if name in _PYTHON:
        return "a word of Python"
    if name in _SQL:
        return "a reserved word of SQL"
    if name in _TEMPLATE:
        return "a name of the template's own, which has it or may add it"
    return None


def taken_as_field(name: str) -> str | None:
    """Return who has taken a field's name, if somebody has."""
    if name in ("id", "created_at", "updated_at"):
        return "a field that every feature has"
    if name in _PYTHON:
        return "a word of Python"
    if name in _SQL:
        return "a reserved word of SQL"
    if name in _ATTRIBUTES or name.startswith(("model_", "get_", "validate_")):
        return "what models or schemas call something of their own"
    if name in vars(builtins):
        return "a name that Python has for something else"
    return None


def taken_as_class(name: str) -> str | None:
    """Return who has taken the name of a class, if somebody has."""
    if name in vars(builtins) or name in keyword.kwlist:
        return "a word of Python"
    if name in _CLASSES:
        return "what the modules of a feature import"
    return None


def taken_as_type(name: str) -> str | None:
    """Return who has taken the name of a field's type, if somebody has."""
    return "another type" if name in _TYPES else taken_as_class(name)


def taken_as_word(name: str) -> str | None:
    """Return who has taken the name of whatever has one, if somebody has."""
    return "a word of Python" if keyword.iskeyword(name) else None


def taken_as_variable(name: str) -> str | None:
    """Return who has taken the name of the variable that holds one of them, if somebody has."""
    if reason := taken_as_word(name):
        return reason
    return "what the code of a feature calls something else" if name in _VARIABLES else None
