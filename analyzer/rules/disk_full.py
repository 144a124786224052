r"""nginx cannot write to its own disk: it is full, read-only, or its user may not write there.

What happened
-------------
What of a request's body does not fit into `client_body_buffer_size` nginx writes to a temporary file before it passes the
request on, and so it does with an answer that its client takes more slowly than the backend gives it, and with a cache.
The file could not be written. A body: nginx answers 500, and the backend never hears of it. An answer: nginx breaks it off
in the middle, although its access log shows the backend's 200. Small requests go on working.

How it is known
---------------
- `pwrite() "/var/lib/nginx/body/0000000012" failed (28: No space left on device)`, `pwritev() ".../proxy/1/00/0000000001"
  failed (28: ...) while reading upstream`; 122 is a quota, 30 a read-only file system.
- `open() "/var/lib/nginx/tmp/client_body/0000000001" failed (13: Permission denied)`: ten digits are a temporary file's
  name. With 2 its folder is gone.
- The client of an answer that was broken off: `net::ERR_CONTENT_LENGTH_MISMATCH`, `net::ERR_INCOMPLETE_CHUNKED_ENCODING`,
  `net::ERR_HTTP2_PROTOCOL_ERROR`. By itself that may be the backend's doing.

What else it could be
---------------------
`a client request body is buffered to a temporary file` and `an upstream response is buffered ...` are warnings that come
with every large body, and healthy. `open() "/var/www/x.html" failed (13: ...)` is a page that nginx may not read. A log
that cannot be written (`write() to "access.log" failed`) stops no request, and tells what will come next.

What to do
----------
`df -h` and `df -i` for the folder: space may be left and no inode. Deleted files count until their program ends (`lsof
+L1`). Rights: `namei -l`, and nginx's user; at its start nginx gives that user the folder, not those above or inside it.

References
----------
nginx, src/core/ngx_file.c (ngx_create_temp_file), src/os/unix/ngx_files.c (ngx_write_file), src/event/ngx_event_pipe.c;
https://nginx.org/en/docs/http/ngx_http_core_module.html#client_body_temp_path; errno(3)
"""

import polars as pl

from analyzer.rule import ANSWER, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, evident, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_AT,
    CLIENT_ERROR,
    FILE,
    OUTCOME,
    PHASE,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_CALL = r"(?:open|mkdir|pwritev?|writev?)\(\)"
_NO_ROOM, _QUOTA, _UNWRITABLE = ["28"], ["122", "69"], ["30"]  # Linux and BSD differ in the second
_FAILED = rf"failed \((?:{'|'.join([*_NO_ROOM, *_QUOTA, *_UNWRITABLE])})\b"
_LOG, _INTO_CACHE = r'^write\(\) to "', r'^rename\(\) "'
_SERVER_ERROR = 500
_SAYS = SIGN_SAYS.col
_ERRNO = _SAYS.str.extract(r" failed \(([0-9]+)", 1)
_FULL = _ERRNO.is_in(_NO_ROOM) | _SAYS.str.contains(" has written only ", literal=True)
_USED_UP, _READ_ONLY, _SHUT, _GONE = _ERRNO.is_in(_QUOTA), _ERRNO.is_in(_UNWRITABLE), _ERRNO == "13", _ERRNO == "2"
_ASIDE = _SAYS.str.contains(f"{_LOG}|{_INTO_CACHE}")  # no request waits for these
_BROKEN_OFF = (PHASE.col == "reading upstream").fill_null(value=False)
_OF_ANSWERS = _BROKEN_OFF | _SAYS.str.contains(r"/(?:proxy|fastcgi|uwsgi|scgi)(?:_temp)?/")
_FILE = _SAYS.str.extract(r'^\w+\(\) (?:to )?"([^"]+)"', 1)
_FOLDER = pl.coalesce(
    _FILE.str.extract(r"^(.+?)(?:/[0-9a-f]{1,2}){0,3}/(?:[0-9a-f]{32}\.)?[0-9]{10}$", 1),
    _FILE.str.extract(r"^(.+?)(?:/[0-9a-f]{1,2}){1,3}$", 1),
    _FILE.str.extract(r"^(.+)/[^/]+$", 1),
)
_TROUBLE = (
    pl.when(_FULL)
    .then(pl.lit("the disk there is full"))
    .when(_USED_UP)
    .then(pl.lit("the disk quota there is used up"))
    .when(_READ_ONLY)
    .then(pl.lit("that file system is read-only"))
    .when(_SHUT)
    .then(pl.lit("nginx's user may not write there"))
    .when(_GONE)
    .then(pl.lit("that folder is not there"))
)
_CUT = CLIENT_ERROR.col.str.contains(
    r"ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE_CHUNKED_ENCODING|HTTP2_PROTOCOL_ERROR"
)
_BY_NGINX = (ANSWER == _SERVER_ERROR) & ANSWERED_BY.col.ne_missing(Hop.BACKEND) & (BACKEND_SEEN.col != Seen.SEEN)
_EXPECT = (
    "nginx's error log no longer says `failed` of a file below {folder}",
    "a request as large as the one that failed is answered: {path}",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests whose body or answer nginx could not store; a log or a cache matters where no log shows who was served."""
    served = not journeys.filter(OUTCOME.col == Outcome.OK).is_empty()
    asked_for = (_SHUT | _GONE) & FILE.col.is_not_null()  # the very file that the client named: no temporary one
    unserved = (OUTCOME.col == Outcome.FAILED) | STATUS.col.is_null()  # a backend's 2xx beside it is another request's
    by_request = unserved & (CLIENT.col.is_not_null() | (WANTED.col == Wanted.PASTE))
    grade = graded(
        (Grade.CORROBORATED, _ASIDE & pl.lit(not served)),
        (Grade.DECISIVE, ~_ASIDE & (by_request | _BROKEN_OFF)),
    )
    return journeys.filter(TOLD, ~asked_for.fill_null(value=False)).with_columns(grade, evident(TOLD))


RULE = Rule(
    slug="disk-full",
    hop=Hop.NGINX,
    title=(
        "The disk is full: nginx cannot write to {full}",
        "nginx's user may not write to {shut}",
        "nginx cannot write to {folder}: {trouble}",
        "nginx cannot write its temporary files",
    ),
    sentence=(
        "nginx cannot write its log {log}, for {trouble} ({sign_at}). No request fails for that; the next large body or answer may.",
        "nginx could not put what it had into its cache, {cache}: {trouble} ({sign_at}). The answer itself was given.",
        "The answer to {path} was more than nginx keeps in memory, so it wrote the rest to {of_answer}, and {trouble} ({sign_at}). It broke the answer off in the middle, whatever status the access log shows.",
        "nginx writes a large answer to {of_answer} while its client takes it, and {trouble} ({sign_at}): such answers break off in the middle.",
        "The body of {path} was more than nginx keeps in memory, so it had to go to {of_body}, and {trouble} ({sign_at}). nginx answered {answer} by itself, and the backend never had the request.",
        "nginx writes a large body to {of_body} before it passes the request on, and {trouble} ({sign_at}): such requests get 500, and the backend never has them.",
        "nginx cannot write to {folder}: {trouble} ({sign_at}).",
        "nginx cannot write its temporary files.",
    ),
    contrast=("it is answered with {peer_status}: nothing of it has to go to disk; much of {path} has.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(Hop.NGINX, rf'^{_CALL} "[^"]*" {_FAILED}'),
        Sign(Hop.NGINX, rf'^{_CALL} "[^"]*[/.][0-9]{{10}}" failed \((?:13|2)\b'),
        Sign(Hop.NGINX, r'^mkdir\(\) "[^"]*/[0-9a-f]{1,2}" failed \(13\b'),  # one of the levels of such a folder
        Sign(Hop.NGINX, rf'^{_CALL} "[^"]*" has written only [0-9]+ of '),
        Sign(Hop.NGINX, rf'{_LOG}[^"]*" {_FAILED}'),
        Sign(Hop.NGINX, rf'{_INTO_CACHE}[^"]*" to "[^"]*" (?:{_FAILED}|failed \(13\b)'),
    ),
    apart=(),
    witnesses=(
        Witness(SIGN_AT, ("nginx could not write: {trouble}", "nginx could not write")),
        Witness(ACCESS_AT, ("nginx's access log shows {answer} for {path}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client: {client_error}", "the client was told {client_status}", "the client failed")),
    ),
    alternatives=(
        Otherwise("body-too-large", "nginx took the body, and failed to store it ({sign_at}).", when=~_OF_ANSWERS),
        Otherwise(
            "backend-error", "nginx made the 500 itself, before it asked the backend ({sign_at}).", when=~_OF_ANSWERS
        ),
        Otherwise(
            "backend-crashed",
            "the backend was giving its answer; nginx could not store it ({sign_at}).",
            when=_OF_ANSWERS,
        ),
        Otherwise("upstream-permission", "it is a file of nginx's own, and no connection ({sign_at}).", when=_SHUT),
    ),
    notes=(
        Note(
            _FULL,
            "No space left may also mean that no inode is left (`df -i`), or that a container's own limit is met.",
        ),
        Note(
            _SAYS.str.contains(r'^\w+\(\) (?:to )?"(?:/var)?/run/'),
            "/run is a file system in memory: it holds a fifth of it at most, whatever space the disk has.",
        ),
    ),
    remedies=(
        Remedy(
            when=_FULL | _USED_UP,
            summary=(
                "Make room where {folder} lies: see what fills it (`df -h {folder}`, `df -i {folder}`), begin with logs and with deleted files that a program still holds (`lsof +L1`).",
                "Make room on nginx's disk: begin with logs and with deleted files that a program still holds (`lsof +L1`).",
            ),
            verify=(
                "df -h {folder} && df -i {folder}",
                "du -xh --max-depth=2 /var | sort -h | tail -15",
                "lsof +L1 | sort -k7 -n | tail -10",
                "journalctl --vacuum-size=200M",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "Space that deleted files hold comes back when their program lets them go: reopen the logs (`nginx -s reopen`), restart what holds them.",
                "If it fills up again at once, large answers may do it: `proxy_max_temp_file_size 0;` keeps them off the disk, `proxy_request_buffering off;` keeps bodies off it.",
                "`client_body_temp_path` and `proxy_temp_path` may point to a disk that has room; a cache wants a `max_size` below its disk's.",
            ),
        ),
        Remedy(
            when=_READ_ONLY,
            summary=(
                "Give nginx a folder that can be written: in a container with a read-only root a tmpfs at {folder}; on a machine find out why the file system was made read-only (`dmesg`).",
            ),
            verify=("findmnt -T {folder}", "dmesg | grep -iE 'remount|I/O error|read-only' | tail"),
            expect=_EXPECT,
            if_it_still_fails=(
                "A file system that the kernel made read-only after an error stays so until it was checked: the disk may be dying.",
            ),
        ),
        Remedy(
            when=_SHUT,
            summary=(
                "Give {folder} to the user that nginx's workers run as, and let that user enter every folder above it (`namei -l {folder}`).",
                "Give nginx's temporary folders to the user that its workers run as, and let that user enter every folder above them.",
            ),
            verify=(
                "namei -l {folder}",
                "ps -o user= -C nginx | sort -u",
                "chown -R $(ps -o user= -C nginx | grep -v root | head -1) {folder}",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "Run by root, nginx gives that folder to the `user` of the config at each start, and at `nginx -t`; those above need the right to enter (`chmod o+x`), those inside keep their owner.",
                "If all rights are there, SELinux forbids it: `ausearch -m avc -c nginx -ts recent`, then `restorecon -Rv {folder}`.",
            ),
        ),
        Remedy(
            when=_GONE,
            summary=(
                "Let nginx make {folder} again: it does at a start or reload (`nginx -s reload`). Then find who deletes it, mostly a cleaner of /tmp.",
            ),
            verify=("ls -ld {folder}", "nginx -t && nginx -s reload"),
            expect=_EXPECT,
            if_it_still_fails=("nginx makes the last folder of the path only: those above it must be there.",),
        ),
        Remedy(
            summary=(
                "See whether nginx's user can write to {folder}: space, inodes, rights, and whether it is mounted read-only.",
                "See whether nginx's user can write to its temporary folders: space, inodes, rights, and whether they are mounted read-only.",
            ),
            verify=("df -h {folder} && df -i {folder}", "namei -l {folder}"),
            expect=_EXPECT,
            if_it_still_fails=("`nginx -V` and `nginx -T | grep temp_path` tell which folders those are.",),
        ),
    ),
    asks=(
        Ask(
            _SHUT,
            ask=("what `namei -l {folder}` prints, and nginx's user", "nginx's user, and the rights of its folders"),
            why="It shows which step of the path is shut.",
            command=("namei -l {folder}; ps -o user= -C nginx | sort -u",),
        ),
        Ask(
            TOLD,
            ask=("what `df -h` and `df -i` print for {folder}", "what `df -h` and `df -i` print"),
            why="It tells a disk without space from one without inodes, and which disk it is.",
            command=("df -h {folder}; df -i {folder}",),
        ),
    ),
    find=find,
    words=(
        "the disk there is full",
        "the disk quota there is used up",
        "that file system is read-only",
        "nginx's user may not write there",
        "that folder is not there",
    ),
    names={
        "folder": _FOLDER,
        "trouble": _TROUBLE,
        "full": pl.when(_FULL).then(_FOLDER),
        "shut": pl.when(_SHUT).then(_FOLDER),
        "log": _SAYS.str.extract(rf'{_LOG}([^"]+)"', 1),
        "cache": _SAYS.str.extract(rf'{_INTO_CACHE}[^"]*" to "([^"]+)"', 1),
        "of_answer": pl.when(_OF_ANSWERS).then(_FOLDER),
        "of_body": pl.when(~_OF_ANSWERS & ~_ASIDE).then(_FOLDER),
    },
    covers=_BY_NGINX | _CUT,
    passes_less=True,
    watch="Alert when a disk that nginx writes to is four fifths full, and on its error log's `No space left on device`.",
)
