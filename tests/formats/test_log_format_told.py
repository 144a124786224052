"""What somebody tells of a log_format, in all the ways in which people have it at hand."""

import pytest

from analyzer.errors import UsageError
from analyzer.formats.log_format import log_format_of
from analyzer.schema import STATUS, TARGET
from tests.formats.reading import read

LINE = '192.0.2.1 [21/Nov/2026:07:10:15 +0000] "GET /ws HTTP/1.1" 502 "x"'
SAME = [
    '$remote_addr [$time_local] "$request" $status "$http_user_agent"',
    '\'$remote_addr [$time_local] "$request" $status "$http_user_agent"\'',
    "'$remote_addr [$time_local] '\n    '\"$request\" $status '\n    '\"$http_user_agent\"';",
    "main '$remote_addr [$time_local] '  '\"$request\" $status \"$http_user_agent\"'",
    'mine "$remote_addr [$time_local] \\"$request\\" $status \\"$http_user_agent\\""',
    '"$remote_addr [$time_local] \\"$request\\" $status \\"${http_user_agent}\\"";',
    'escape=default \'$remote_addr [$time_local] "$request" $status "$http_user_agent"\'',
    "\tlog_format  main  '$remote_addr [$time_local] \"$request\" '\n\t\t'$status \"$http_user_agent\"';\n",
    'log_format main \'$remote_addr [$time_local] "$request" $status "$http_user_agent"\'; access_log a.log main;',
]


@pytest.mark.parametrize("told", SAME)
def test_a_log_format_is_taken_however_it_is_told(told: str) -> None:
    (row,) = read(log_format_of(told), LINE)
    assert (row[TARGET.name], row[STATUS.name]) == ("/ws", 502)


def test_a_string_that_begins_with_a_quote_is_no_quoted_string() -> None:
    form = log_format_of('"$time_local" "$request" $status')
    (row,) = read(form, '"21/Nov/2026:07:10:15 +0000" "GET /ws HTTP/1.1" 502')
    assert (row[TARGET.name], row[STATUS.name]) == ("/ws", 502)


def test_escape_json_is_undone_as_told() -> None:
    form = log_format_of("""log_format js escape=json '{"r":"$request","s":$status}';""")
    (row,) = read(form, r'{"r":"GET /a\"b HTTP/1.1","s":200}')
    assert row[TARGET.name] == '/a"b'


@pytest.mark.parametrize("name", ["combined", "main", " upstream_time ", "vhost_combined"])
def test_a_known_format_goes_by_its_name(name: str) -> None:
    assert log_format_of(name).name == name.strip()


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("nope", "'nope' is no format that is known by name"),
        ("", "holds no variable"),
        ('%h %l %u %t "%r" %>s', "holds no variable"),
        ("'just words'", "holds no variable"),
        ("log_format main;", "tells no string"),
        ("log_format a '$status'; log_format b '$host';", "tells 2 log_formats"),
        ("log_format a escape=xml '$status';", "escape=xml is not one of nginx's"),
        ("$status ${host", 'expected "}"'),
    ],
)
def test_what_is_no_log_format_is_refused_with_a_word_on_what_to_do(told: str, what: str) -> None:
    with pytest.raises(UsageError) as refusal:
        log_format_of(told)
    assert what in str(refusal.value)
    assert refusal.value.hint
