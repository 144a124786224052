"""nginx refused its configuration: it did not start, or goes on with the one that it had.

What happened
-------------
nginx reads its whole configuration before it takes it over, and one error anywhere is enough to refuse it all. At a start it
then ends, and whoever dials it is refused. At a reload it goes on with the old configuration and says so in its error log
only: the new `location` stands in the file, and nothing of it works. A port that another process holds, a certificate that
cannot be read, a folder that cannot be made stop a start as well.

How it is known
---------------
- nginx, at level emerg: `unknown directive "proxy_pas" in /etc/nginx/conf.d/x.conf:12`, `bind() to 0.0.0.0:80 failed (98:
  Address already in use)`, `cannot load certificate "..."`, `unknown "connection_upgrade" variable`.
- `configuration file /etc/nginx/nginx.conf test failed` (`nginx -t`, systemd); `open() "/run/nginx.pid" failed (2: ...)` at
  a reload: no nginx runs that could be told.
- And a request that failed for it: clients that are refused from then on, or nginx doing what the config that was handed in
  does not do. Pasted, nginx's words are enough.

What else it could be
---------------------
A test that failed once, and was mended before the reload, harmed nobody: requests go on to be answered. A name that does not
resolve (`host not found in upstream`) is upstream-unresolved. A new config that nobody loaded leaves no such line.

What to do
----------
`nginx -t` names the file and the line. Mend it, test again, and only then reload. Never restart before the test passes: the
nginx that still runs would end, and the new one does not come up.

References
----------
nginx, src/core/ngx_cycle.c (ngx_init_cycle), ngx_conf_file.c (ngx_conf_log_error), ngx_connection.c
(ngx_open_listening_sockets), src/os/unix/ngx_process_cycle.c; https://nginx.org/en/docs/control.html#reconfiguration
"""

import polars as pl

from analyzer.rule import (
    ALONE,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    evident,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    CLIENT_AT,
    CLIENT_ERROR,
    ERROR_AT,
    LB_ANSWERED,
    LB_AT,
    LB_STATUS,
    LEVEL,
    NGINX_SEEN,
    PATH_KEY,
    ROUTE_CONTRADICTED,
    ROUTE_LOCATION_AT,
    SIGN_AT,
    SIGN_SAYS,
    TIME,
    TIME_LACKS,
    WANTED,
    Hop,
    Seen,
    Wanted,
)

_AT_A_PLACE = r" in (?:[^\s\"]*/[^\s\"]*|command line)$"  # ngx_conf_log_error; an editor may cut the line's number
_ELSEWHERE = (
    r"^(?:bind|socket|listen|setsockopt)\(.*\) ?.* failed \(|^still could not bind\(\)",
    r"^open\(\) \"[^\"]*\.(?:conf|pid|log|types)\" failed \(|^mkdir\(\) \"[^\"]*\" failed \(|^chown\(\"",
    r"^cannot load (?:certificate|CRL)|^[A-Z][A-Za-z0-9_]+\(\"[^\"]*\"(?:, \"[^\"]*\")?\) failed",
    r"^unknown \"[^\"]*\" variable|^could not build |^zero size shared memory zone |^the size [0-9]+ of shared memory zone ",
    r"^no \"[^\"]*\" (?:section in configuration|is defined)|^\w+ \"[^\"]*\" uses the \"|^invalid server name or wildcard ",
)
_NONE_RUNS = r"^invalid PID number |^open\(\) \"[^\"]*\.pid\" failed \(2\b|^kill\([0-9]+, 1\) failed \(3\b"
_TEST_FAILED = r"^configuration file \S+ test failed$"
_TAKEN_OVER = r"^(?:start worker processes|using the \"\w+\" event method|reconfiguring|signal process started)$"
_SAYS = SIGN_SAYS.col
_LOADED = _SAYS.str.contains(_TAKEN_OVER)
_BARE = _SAYS.str.contains(rf"{_TEST_FAILED}|^still could not bind")
_NO_ADDRESS = _SAYS.str.contains(r"^host not found in (?:upstream|resolver) ")  # upstream-unresolved
_REFUSAL = (LEVEL.col == "emerg") | _SAYS.str.contains(rf"{_TEST_FAILED}|{_NONE_RUNS}")
_TOLD_NOBODY = pl.when((LEVEL.col != "emerg") & _SAYS.str.contains(_NONE_RUNS)).then(_SAYS)
_PLACE = _SAYS.str.extract(r" in (\S*/\S*:[0-9]+)$", 1)
_TAKEN = _SAYS.str.extract(r"^bind\(\) to (\S+) failed \((?:98|48|10048)\b", 1)
_VARIABLE = _SAYS.str.extract(r'^unknown "([^"]+)" variable', 1)
_CERTIFICATE = _SAYS.str.extract(
    r'^(?:cannot load (?:certificate(?: key)?|CRL) |(?:SSL_CTX_use_\w+|BIO_new_file|PEM_read_bio_\w+)\()"([^"]+)"', 1
)
_OLD_CONFIG = ROUTE_CONTRADICTED.col.is_not_null()
_NOBODY_LISTENS = CLIENT_ERROR.col.str.contains(r"\b(?:net::ERR_|NS_ERROR_)CONNECTION_REFUSED\b")
_NOBODY_BEHIND = (LB_ANSWERED.col & LB_STATUS.col.is_in([502, 503, 504])).fill_null(value=False)
_REFUSED = (NGINX_SEEN.col != Seen.SEEN) & (_NOBODY_LISTENS.fill_null(value=False) | _NOBODY_BEHIND)
_LOADED_AT, _ANSWERED_AT, _UNTIL, _SINCE = "loaded again", "answered again", "held until", "refused since"
_RESTART, _RECENT, _LONG = pl.duration(seconds=60), pl.duration(minutes=10), pl.duration(hours=1)
_APPLY = ("nginx -t && systemctl reload-or-restart nginx", "{handshake_command}")
_EXPECT = ("`nginx -t` says `test is successful`", "{path} is answered as the config says")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that failed while a refused configuration was not mended; in a paste, the refusal itself."""
    said = journeys.filter(ALONE & TOLD)
    if said.is_empty():
        return said
    answered = journeys.filter(ACCESS_AT.col.is_not_null())
    refusals = _unmended(said).filter(~_NO_ADDRESS, ~(_BARE & _NO_ADDRESS.any()))
    known = _with_next(_with_next(refusals, said.filter(_LOADED), _LOADED_AT), answered, _ANSWERED_AT)
    down = known.filter((pl.col(_ANSWERED_AT) - TIME.col > _RESTART).fill_null(value=True))
    failed = journeys.with_columns(evident(_NOBODY_BEHIND)).filter(MISSED, ~ALONE)
    by_the_old = _laid_beside(failed.filter(_OLD_CONFIG), known, pl.col(_LOADED_AT))
    turned_away = _laid_beside(failed.filter(_REFUSED), down, pl.min_horizontal(_LOADED_AT, _ANSWERED_AT))
    harmed = pl.concat([by_the_old, turned_away])
    serving = journeys.filter(NGINX_SEEN.col == Seen.SEEN, ~ALONE)
    long_past = (pl.lit(serving[TIME.name].max(), dtype=TIME.dtype) - TIME.col > _RECENT).fill_null(value=False)
    pasted, stands = WANTED.col == Wanted.PASTE, pl.col(_LOADED_AT).is_null()
    told = known.with_columns(
        graded(
            (Grade.DECISIVE, SIGN_AT.col.is_in(harmed[SIGN_AT.name].implode())),
            (Grade.CONSISTENT, stands & ((pasted & long_past) | (~pasted & pl.lit(serving.is_empty())))),
            (Grade.CORROBORATED, stands & pasted & _BARE),
            (Grade.DECISIVE, stands & pasted),
        )
    )
    return pl.concat([told.select(harmed.columns), harmed])


def _unmended(said: pl.DataFrame) -> pl.DataFrame:
    """What nginx refused; of what bears no time, only what no later line of the same log shows to be mended."""
    source, line = (SIGN_AT.col.struct.field(name) for name in ("source", "line"))
    last = said.filter(_LOADED).group_by(source.alias("in")).agg(line.max().alias("last"))
    placed = said.filter(_REFUSAL).join(last, left_on=source, right_on="in", how="left", maintain_order="left")
    return placed.filter(TIME.col.is_not_null() | ~(pl.col("last") > line).fill_null(value=False)).drop("last")


def _with_next(refusals: pl.DataFrame, others: pl.DataFrame, name: str) -> pl.DataFrame:
    """When the next of these came after each refusal."""
    times = others.select(TIME.col.alias(name)).drop_nulls().sort(name)
    return refusals.sort(TIME.name, nulls_last=True).join_asof(
        times, left_on=TIME.name, right_on=name, strategy="forward", allow_exact_matches=False
    )


def _laid_beside(requests: pl.DataFrame, refusals: pl.DataFrame, until: pl.Expr) -> pl.DataFrame:
    """The requests with the words of the last refusal before them, if it still held; of another clock, of the last."""
    ordered = refusals.sort(~_BARE, TIME.name, nulls_last=True).with_columns(
        until.alias(_UNTIL), TIME.col.alias(_SINCE)
    )
    words = ordered.select(TIME.name, TIME_LACKS.name, SIGN_AT.name, SIGN_SAYS.name, _UNTIL, _SINCE)
    timed = words.drop_nulls(TIME.name).sort(TIME.name, maintain_order=True)
    settled = TIME_LACKS.col.is_null() & pl.lit(timed[TIME_LACKS.name].is_null().all())
    one_clock = TIME.col.is_not_null() & pl.lit(timed.height > 0) & (settled | (NGINX_SEEN.col == Seen.SEEN))
    bare = requests.drop(SIGN_AT.name, SIGN_SAYS.name)
    near = bare.filter(one_clock).sort(TIME.name).join_asof(timed.drop(TIME_LACKS.name), on=TIME.name)
    held = near.filter(SIGN_AT.col.is_not_null(), (TIME.col < pl.col(_UNTIL)).fill_null(value=True))
    last = words.filter(pl.col(_UNTIL).is_null()).drop(TIME.name, TIME_LACKS.name).tail(1)
    others = bare.filter(~one_clock).join(last.with_columns(pl.lit(None, dtype=TIME.dtype).alias(_SINCE)), how="cross")
    both = pl.concat([held.select(*requests.columns, _SINCE), others.select(*requests.columns, _SINCE)])
    return both.with_columns(
        graded((Grade.CORROBORATED, TIME.col - pl.col(_SINCE) > _LONG), (Grade.DECISIVE, TOLD))
    ).drop(_SINCE)


RULE = Rule(
    slug="config-not-loaded",
    hop=Hop.NGINX,
    title=(
        "nginx goes on with its old configuration, and {kept} needs the new one",
        "Another process holds {taken}, so nginx takes no configuration over",
        "No nginx runs that could be told to reload: {none_runs}",
        "nginx refuses its configuration at {config_place}",
        "nginx refuses its configuration",
    ),
    sentence=(
        "nginx refused the new configuration, `{sign}` ({sign_at}), and goes on with the old one: for {kept} it {contradicted}, which the config that was handed in does not do.",
        "nginx did not start: `{sign}` ({sign_at}). Since then {refused} is refused, for nobody listens.",
        "Another process holds {taken} ({sign_at}): nginx did not start, or goes on with the configuration that it had. If that process is nginx itself, it runs already.",
        "nginx was to be told to reload, and none runs under that number: `{none_runs}` ({sign_at}).",
        "nginx refused its whole configuration for one error: `{sign}` ({sign_at}). It did not start, or goes on with the old one.",
        "nginx refused its configuration: it did not start, or goes on with the old one.",
    ),
    contrast=("it works by the old configuration as by the new one; {path} needs the new one.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG, Input.ACCESS_LOG, Input.CLIENT_LOG, Input.LOAD_BALANCER_LOG),
    signs=(
        *(Sign(Hop.NGINX, pattern) for pattern in (_AT_A_PLACE, *_ELSEWHERE, _TEST_FAILED, _NONE_RUNS)),
        Sign(Hop.NGINX, _TAKEN_OVER),  # that it was mended
    ),
    apart=(),
    witnesses=(
        Witness(SIGN_AT, "nginx's own words: it refused its configuration"),
        Witness(ERROR_AT, ("what the old configuration did: nginx {contradicted}", "nginx had the request")),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(ROUTE_LOCATION_AT, "what the config that was handed in does with {path}"),
        Witness(CLIENT_AT, ("the client: {client_error}", "the client was told {client_status}", "the client failed")),
        Witness(LB_AT, "the load balancer found nobody there"),
    ),
    alternatives=(
        Otherwise(
            "missing-location",
            "the config that was handed in takes {path}; another one runs ({sign_at}).",
            when=_OLD_CONFIG,
        ),
        Otherwise("client-wrong-address", "nginx says itself that it did not start ({sign_at}).", when=_NOBODY_LISTENS),
        Otherwise("unhealthy-target", "nginx says why nobody was there ({sign_at}).", when=_NOBODY_BEHIND),
        Otherwise(
            "upstream-unresolved", "what nginx names is no backend's name ({sign_at}).", when=_PLACE.is_not_null()
        ),
    ),
    notes=(
        Note(
            _PLACE.is_not_null() & ~_REFUSED,
            "Do not restart nginx before `nginx -t` passes: a reload keeps the nginx that runs, a restart ends it.",
        ),
    ),
    remedies=(
        Remedy(
            when=_TAKEN.is_not_null(),
            summary=(
                "See who holds port {port} (`ss -ltnp`). Another web server: stop it and keep it from starting, or give one of the two another port. nginx itself: it runs already, so reload it instead of starting it.",
            ),
            verify=("ss -ltnp 'sport = :{port}'", *_APPLY),
            expect=("`systemctl status nginx` says `active (running)`", "`ss` shows nginx on port {port}, nobody else"),
            if_it_still_fails=(
                "An nginx of which systemd knows nothing (started by hand) holds the port: `nginx -s quit`, then start the service.",
                "In Docker a port of the host belongs to one container: `docker ps --filter publish={port}`.",
            ),
        ),
        Remedy(
            when=_VARIABLE.is_not_null(),
            summary=(
                "Define ${variable} in the http block. What most examples call $connection_upgrade is `map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}`.",
            ),
            verify=("nginx -T 2>/dev/null | grep -n '{variable}'", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=("A variable of a module is known only where that module is loaded (`load_module`).",),
        ),
        Remedy(
            when=_CERTIFICATE.is_not_null(),
            summary=(
                "See that {certificate} is there, that root can read it, and that certificate and key belong together.",
            ),
            verify=(
                "ls -lL {certificate}",
                "openssl x509 -noout -pubkey -in CERTIFICATE | sha256sum; openssl pkey -pubout -in KEY | sha256sum",
                *_APPLY,
            ),
            expect=("the two sums are equal", *_EXPECT),
            if_it_still_fails=(
                "For a name's first certificate let the server listen on port 80 alone: certbot needs nginx, and nginx the certificate.",
                "`key values mismatch` of the right files: the server's own certificate must stand first in the chain.",
            ),
        ),
        Remedy(
            summary=(
                "Start nginx (`nginx -t && systemctl start nginx`); if one does run, its pid file is another one than {pid_file}.",
                "Mend what nginx names at {config_place}, let `nginx -t` pass, and only then reload.",
                "Mend what `nginx -t` names, let it pass, and only then reload.",
            ),
            verify=_APPLY,
            expect=_EXPECT,
            if_it_still_fails=(
                "A missing semicolon or brace is told for a line after it. nginx stops at the first error: mend, test again.",
                "An unknown directive may belong to a module that is not installed, or to a newer nginx (`nginx -V`).",
                "`Permission denied`: without root nginx has ports from 1024 on, and the folders of its user. With root it is SELinux: `ausearch -m avc -c nginx`, `semanage port -l | grep http_port_t`.",
                "`Cannot assign requested address`: that address is not this machine's, or not yet; `listen 80;` takes any.",
            ),
        ),
    ),
    asks=(
        Ask(_TAKEN.is_not_null(), ask="what `ss -ltnp` prints", why="It names who holds the port.", command="ss -ltnp"),
        Ask(_BARE, ask="what `nginx -t` prints", why="It names the file, the line and the error.", command="nginx -t"),
    ),
    find=find,
    names={
        "config_place": _PLACE,
        "taken": _TAKEN,
        "port": _TAKEN.str.extract(r":([0-9]+)$", 1),
        "none_runs": _TOLD_NOBODY,
        "pid_file": _TOLD_NOBODY.str.extract(r'"([^"]+\.pid)"', 1),
        "variable": _VARIABLE,
        "certificate": _CERTIFICATE,
        "kept": pl.when(_OLD_CONFIG).then(PATH_KEY.col),
        "refused": pl.when(_REFUSED).then(PATH_KEY.col),
    },
    explains=("unhealthy-target",),
    supersedes=(
        "missing-location",
        "upstream-refused",
        "upstream-unreachable",
        "client-wrong-address",
        "intermediary-dropped",
        "unhealthy-target",
        "disk-full",
    ),
    watch="After each reload compare the start of nginx's workers with the moment of the reload, and alert when the workers are older.",
)
