"""LiveKit's signal server, as people posted its log: with its tabs, with blanks for them, as JSON, behind compose.

The lines are of livekit/livekit's issues 24, 589, 1935, 3219, livekit/egress 410 and stoatchat/self-hosted 208.
"""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.schema import ERROR, FORMAT, KIND, LAST_LINE, LINE, METHOD, PORT, SERVICE, STATUS, TARGET
from tests.formats.reading import events_in

TOLD = """2021-02-18T10:17:13.589Z\tINFO\tserver/main.go:145\tconfigured key provider\t{"num_keys": 1}
2021-02-18T13:29:59.805Z\tINFO\tservice/rtcservice.go:113\tnew client WS connected\t{"connectionId": "CO_YdqJFkYLMt8M"}
2021-02-18T13:30:11.927Z\tINFO\tservice/rtcservice.go:97\tWS connection closed\t{"participant": "0xFFC80bd2A4"}
2022-04-05T02:01:10.853Z\tINFO\tlivekit\tservice/rtcservice.go:235\terror writing to websocket\t{"room": "t", \
"participant": "cjevn_72", "error": "write tcp 192.168.61.49:7880->192.168.57.252:35586: write: broken pipe"}
2022-04-05T02:01:10.867Z\tERROR\tlivekit\tservice/rtcservice.go:251\terror reading from websocket\t{"room": "x", \
"error": "read tcp 192.168.61.49:7880->192.168.78.204:1699: read: connection reset by peer"}
github.com/livekit/livekit-server/pkg/service.(*RTCService).ServeHTTP
\t/workspace/pkg/service/rtcservice.go:251
net/http.(*ServeMux).ServeHTTP
\t/usr/local/go/src/net/http/server.go:2425
2023-07-05T13:25:15.290Z\tINFO\tlivekit\tservice/server.go:220\tstarting LiveKit server\t{"portHttp": 7880, \
"nodeID": "ND_xsFlveN9", "nodeIP": "127.0.0.1", "version": "1.4.3", "rtc.portTCP": 7881, "rtc.portUDP": 7882}
2023-08-04T10:16:02.282+0800\tINFO\tlivekit\tservice/rtcservice.go:247\tfinishing WS connection\t{"room": "188281452"}
2026-02-20T04:24:01.483Z\tWARN\tlivekit\tservice/utils.go:54\terror handling request\t{"status": 401, "method": "GET", \
"path": "/rtc", "error": "invalid authorization token"}"""
JSON = """{"level":"info","ts":1732883553.5135393,"logger":"livekit","caller":"redis/redis.go:142",\
"msg":"connecting to redis","simple":true,"addr":"172.17.0.1:6379"}
{"level":"info","ts":1732883553.5829022,"logger":"livekit","caller":"service/server.go:258",\
"msg":"starting LiveKit server","portHttp":7880,"nodeID":"ND_5x5wMW9xe6T7","version":"1.8.0","rtc.portTCP":7881}
{"level":"warn","ts":1732884281.1688092,"logger":"livekit","caller":"service/utils.go:54",\
"msg":"error handling request","status":401,"method":"GET","path":"/rtc","error":"invalid authorization token"}"""
MEANT = [
    (1, 1, "message", None, None, None, None, None),
    (2, 2, "handshake_accepted", None, None, None, None, None),
    (3, 3, "closed", None, None, None, None, None),
    (4, 4, "message", None, None, None, None, "EPIPE"),
    (5, 9, "message", None, None, None, None, "ECONNRESET"),
    (10, 10, "listening", None, None, None, 7880, None),
    (11, 11, "closed", None, None, None, None, None),
    (12, 12, "request", "GET", "/rtc", 401, None, None),
]
SHOWN = [column.name for column in (LINE, LAST_LINE, KIND, METHOD, TARGET, STATUS, PORT, ERROR)]


@pytest.mark.parametrize("text", [TOLD, TOLD.expandtabs(8)], ids=["as it was written", "as a page shows it"])
def test_livekits_own_words_are_understood(text: str, tmp_path: Path) -> None:
    log = tmp_path / "livekit.log"
    log.write_text(text + "\n", encoding="utf-8")
    kept = events_in(log).kept.sort(LINE.name)
    assert kept[FORMAT.name].unique().to_list() == ["zap_console"]
    assert kept.select(SHOWN).rows() == MEANT


def test_behind_compose_it_is_the_same_log(tmp_path: Path) -> None:
    log = tmp_path / "compose.log"
    log.write_text("".join(f"livekit-1  | {line}\n" for line in TOLD.expandtabs(8).split("\n")), encoding="utf-8")
    kept = events_in(log).kept.sort(LINE.name)
    assert kept[SERVICE.name].unique().to_list() == ["livekit-1"]
    assert kept.select(SHOWN).rows() == MEANT


def test_in_json_it_says_the_same(tmp_path: Path) -> None:
    log = tmp_path / "livekit.json"
    log.write_text(JSON + "\n", encoding="utf-8")
    told = events_in(log).kept.sort(LINE.name).select(KIND.name, METHOD.name, TARGET.name, STATUS.name)
    assert told.rows() == [
        ("message", None, None, None),
        ("listening", None, None, None),
        ("request", "GET", "/rtc", 401),
    ]


@pytest.mark.parametrize("text", [TOLD, TOLD.expandtabs(8), JSON], ids=["tabs", "blanks", "JSON"])
def test_a_token_that_livekit_refuses_is_the_cause(text: str, tmp_path: Path) -> None:
    (tmp_path / "livekit.log").write_text(text + "\n", encoding="utf-8")
    incidents = analyze([str(tmp_path)]).incidents
    assert [(incident.cause, incident.target.path) for incident in incidents] == [("auth-rejected", "/rtc")]
