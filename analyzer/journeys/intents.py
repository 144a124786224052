"""What the author of a config closes on purpose, and whether the config sends requests, or upgrades, anywhere at all.

In: a `Route` and its config. Out: the directive that refuses the request, and a yes, a no or nothing where the bundle
does not show the whole config. The hard thing: an `error_page` may answer a refusal with 404 and hide what refused.
"""

from analyzer.nginx import Config, Outcome, Phase, Route

_BY_ITSELF = (Outcome.ANSWERED, Outcome.STATIC, Outcome.DENIED, Outcome.CLOSED)
_REFUSALS = (Outcome.DENIED, Outcome.CLOSED)
_ON_PURPOSE = ("return", "internal")
_REFUSED, _NOT_FOUND = ("401: ", "403: "), "404: "


def refused_by(found: Route, config: Config) -> str | None:
    """Return the name of the directive by which the config's author keeps this request out, or None."""
    decided_by = found.decided_by
    if found.outcome not in _BY_ITSELF or decided_by is None:
        return None
    if found.outcome in _REFUSALS or decided_by.name in _ON_PURPOSE:
        return decided_by.name
    return _hidden_by_error_page(found, config)


def _hidden_by_error_page(found: Route, config: Config) -> str | None:
    pages = [step.what for step in found.steps if step.phase is Phase.ERROR_PAGE]
    if not pages:
        return None
    if any("rewrite" in step.phase and step.what.startswith("return ") for step in found.steps):
        return "return"
    if pages[0].startswith(_REFUSED):
        return "deny"
    return "internal" if pages[0].startswith(_NOT_FOUND) and _first_is_internal(found, config) else None


def _first_is_internal(found: Route, config: Config) -> bool:
    """Whether the location that took the request as it came in is an `internal` one."""
    first = next((step for step in found.steps if step.phase is Phase.LOCATION), None)
    return first is not None and any(
        each.name == "location" and (each.file, each.line) == (first.file, first.line) and each.named("internal")
        for each in config.root.walk()
        if each.args and each.args[-1] in first.what.split()
    )


def forwards_upgrades(config: Config) -> bool:
    """Tell whether some block of the config, be it a fragment, hands on both headers of an upgrade."""
    set_to = {each.args[0].lower() for each in config.root.walk() if each.name == "proxy_set_header" and each.args}
    return {"upgrade", "connection"} <= set_to


def sends_anywhere(config: Config) -> bool | None:
    """Return whether any location passes requests on; None where lines, includes or the server are not shown."""
    if any(each.name.endswith("_pass") for each in config.root.walk()):
        return True
    hidden = not config.servers or config.missing_includes or any(skip.hides_lines for skip in config.skipped)
    return None if hidden else False
