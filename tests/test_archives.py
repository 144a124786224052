"""A zip from a colleague, a tar of /var/log, and what somebody packs who means harm."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import stat
import subprocess
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from backports import zstd

from analyzer.archives import members
from analyzer.blocks import read_blocks
from analyzer.bundle import Bundle, open_bundle
from analyzer.pipeline import analyze
from analyzer.schema import RAW
from analyzer.shipped import shipped
from tests.transformations import tarred, zipped

LINES = b"one\ntwo\n"
READ = ["one", "two"]
COMPRESSIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "plain": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress,
}  # fmt: skip


def zip_of(files: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tar_of(files: Mapping[str, bytes], kinds: Mapping[str, bytes] | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.type = (kinds or {}).get(name, tarfile.REGTYPE)
            header.linkname = "/etc/passwd"
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return packed.getvalue()


def lines_of(bundle: Bundle) -> dict[str, list[str]]:
    return {file.name: [line for block in read_blocks(file) for line in block.lines[RAW.name]] for file in bundle.files}


def handed_in(*arguments: Path | str, stdin: bytes = b"") -> tuple[dict[str, list[str]], list[str]]:
    """The lines of every file, and what was told."""
    with open_bundle([str(each) for each in arguments], io.BytesIO(stdin)) as bundle:
        return lines_of(bundle), [f"{problem.path} {problem.what}" for problem in bundle.problems]


def put(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def test_a_zip_is_a_folder_of_logs_whatever_it_is_called(tmp_path: Path) -> None:
    packed = zip_of({"nginx/access.log": LINES, "backend/app.log": b"three\n"})
    assert handed_in(put(tmp_path, "friday.txt", packed)) == (
        {"friday.txt!backend/app.log": ["three"], "friday.txt!nginx/access.log": READ},
        [],
    )


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_tar_is_read_however_it_is_compressed(tmp_path: Path, compression: str) -> None:
    packed = COMPRESSIONS[compression](tar_of({"./a.log": LINES, "./b.log": b"three\n"}))
    assert handed_in(put(tmp_path, "logs", packed)) == ({"logs!a.log": READ, "logs!b.log": ["three"]}, [])


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("archive", [zip_of, tar_of])
def test_a_rotated_log_in_an_archive_is_read_as_it_is(
    tmp_path: Path, archive: Callable[[Mapping[str, bytes]], bytes], compression: str
) -> None:
    packed = archive({"access.log.2": COMPRESSIONS[compression](LINES)})
    assert handed_in(put(tmp_path, "logs", packed)) == ({"logs!access.log.2": READ}, [])


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_archive_may_lie_in_an_archive(tmp_path: Path, compression: str) -> None:
    inner = COMPRESSIONS[compression](tar_of({"a.log": LINES, "b.log.gz": gzip.compress(LINES)}))
    outer = zip_of({"inner": inner, "in.zip": zip_of({"c.log": LINES})})
    assert handed_in(put(tmp_path, "outer.zip", outer)) == (
        {"outer.zip!in.zip!c.log": READ, "outer.zip!inner!a.log": READ, "outer.zip!inner!b.log.gz": READ},
        [],
    )


def test_what_is_packed_deeper_is_refused_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    third = tar_of({"middle.zip": zip_of({"inner.zip": zip_of({"a.log": LINES}), "b.log": LINES}), "c.log": LINES})
    assert handed_in(put(tmp_path, "outer.tar", third)) == (
        {"outer.tar!c.log": READ, "outer.tar!middle.zip!b.log": READ},
        ["outer.tar!middle.zip!inner.zip is packed in what is packed itself, and was not opened"],
    )


def test_a_gz_in_a_gz_is_opened_once(tmp_path: Path) -> None:
    twice = gzip.compress(gzip.compress(LINES))
    assert handed_in(put(tmp_path, "a.log.gz", twice)) == ({"a.log.gz": READ}, [])
    (told,) = handed_in(put(tmp_path, "a.log.gz", gzip.compress(twice)))[1]
    assert told == "a.log.gz is packed in what is packed itself, and was not opened"


@pytest.mark.parametrize("packed", [zip_of({"a.log": LINES}), gzip.compress(tar_of({"a.log": LINES}))])
def test_an_archive_may_come_through_a_pipe(packed: bytes) -> None:
    assert handed_in("-", stdin=packed) == ({"-!a.log": READ}, [])


UNSAFE = {
    "../../etc/cron.d/x": "has a name that leads out of its archive",
    "/etc/passwd": "has an absolute name",
    "C:\\Windows\\x.log": "has an absolute name",
    "logs/..\\..\\x.log": "has a name that leads out of its archive",
}


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("archive", [zip_of, tar_of])
def test_a_name_that_leads_out_of_its_archive_is_refused_by_name(
    tmp_path: Path, archive: Callable[[Mapping[str, bytes]], bytes], name: str
) -> None:
    read, (told,) = handed_in(put(tmp_path, "logs", archive({name: LINES, "a.log": LINES})))
    assert read == {"logs!a.log": READ}
    assert told.endswith(UNSAFE[name])
    assert told.startswith("logs!")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs"]


def test_links_and_devices_in_a_tar_are_refused_by_name(tmp_path: Path) -> None:
    kinds = {
        "soft": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "disk": tarfile.BLKTYPE, "tty": tarfile.CHRTYPE,
        "pipe": tarfile.FIFOTYPE,
    }  # fmt: skip
    packed = tar_of({**dict.fromkeys(kinds, b""), "a.log": LINES}, kinds)
    assert handed_in(put(tmp_path, "logs.tar", packed)) == (
        {"logs.tar!a.log": READ},
        [
            "logs.tar!soft is a symbolic link, which is not followed",
            "logs.tar!hard is a hard link, which is not followed",
            "logs.tar!disk is a device",
            "logs.tar!tty is a device",
            "logs.tar!pipe is a pipe",
        ],
    )


def test_links_and_devices_in_a_zip_are_refused_by_name(tmp_path: Path) -> None:
    packed = io.BytesIO(zip_of({"a.log": LINES}))
    with zipfile.ZipFile(packed, "a") as archive:
        for name, kind in (("soft", stat.S_IFLNK), ("tty", stat.S_IFCHR), ("pipe", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (kind | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    assert handed_in(put(tmp_path, "logs.zip", packed.getvalue())) == (
        {"logs.zip!a.log": READ},
        [
            "logs.zip!soft is a symbolic link, which is not followed",
            "logs.zip!tty is a device",
            "logs.zip!pipe is a pipe",
        ],
    )


@pytest.mark.parametrize(("compression", "zeros"), [("gz", b"\0"), ("zst", b"0")])
def test_a_bomb_is_cut_before_it_goes_off(tmp_path: Path, compression: str, zeros: bytes) -> None:
    piece = COMPRESSIONS[compression](zeros * (16 << 20))
    bomb = put(tmp_path, "a.log.gz", piece * 64)
    with open_bundle([str(bomb)]) as bundle:
        told = [problem.what for problem in bundle.problems]
        told += [block.problem.what for file in bundle.files for block in read_blocks(file) if block.problem]
    assert any("unpacks to more than 256 MiB" in what for what in told)


def test_a_zip_of_many_zeros_is_read_as_far_as_is_believable(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", LINES)
        for number in range(20):
            archive.writestr(f"{number}.log", b"0" * (16 << 20))
    with open_bundle([str(put(tmp_path, "logs.zip", packed.getvalue()))]) as bundle:
        assert [file.name for file in bundle.files][-1] == "logs.zip!a.log"
        assert len(bundle.files) == 16
        assert {problem.what for problem in bundle.problems} == {
            "unpacks to 16 MiB, more than is believable of its archive"
        }


def test_a_zip_that_holds_itself_ends(tmp_path: Path) -> None:
    within = LINES
    for _ in range(40):
        within = zip_of({"a.zip": within, "b.zip": within})
    read, told = handed_in(put(tmp_path, "droste.zip", within))
    assert read == {}
    assert len(told) == 4


def test_a_tar_whose_header_claims_a_gigabyte_of_name_is_let_go(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    packed = gzip.compress(header.tobuf(tarfile.GNU_FORMAT)) + gzip.compress(b"A" * (8 << 20))
    assert handed_in(put(tmp_path, "logs.tgz", packed)) == (
        {},
        ["logs.tgz is a tar that breaks off (a header in it is too large)"],
    )


def test_more_files_than_anybody_hands_in_are_told_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 100)
    packed = zip_of({f"{number}.log": b"x\n" for number in range(110)}, zipfile.ZIP_STORED)
    with open_bundle([str(put(tmp_path, "logs.zip", packed))]) as bundle:
        assert len(bundle.files) == 100
        assert [problem.what for problem in bundle.problems] == [
            "holds more than the 100 files that are read of a bundle"
        ]


def test_a_tar_gz_that_was_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    noise = "".join(f"{os.urandom(20).hex()}\n" for _ in range(4000)).encode()
    whole = gzip.compress(tar_of({"a.log": LINES, "b.log": noise, "c.log": LINES}))
    read, (told,) = handed_in(put(tmp_path, "logs.tgz", whole[: len(whole) // 2]))
    assert read["logs.tgz!a.log"] == READ
    assert len(read["logs.tgz!b.log"]) > 1500
    assert told.startswith("logs.tgz!b.log breaks off (compressed file ended")


def test_a_tar_that_was_damaged_says_where_its_rest_is_lost(tmp_path: Path) -> None:
    packed = tar_of({"a.log": LINES, "b.log": LINES, "c.log": LINES}).replace(b"b.log", b"B.log", 1)
    assert handed_in(put(tmp_path, "logs.tar", packed)) == (
        {"logs.tar!a.log": READ},
        ["logs.tar is a tar that breaks off (bad checksum)"],
    )


def test_a_zip_without_its_end_is_told(tmp_path: Path) -> None:
    packed = zip_of({"a.log": LINES * 100})
    assert handed_in(put(tmp_path, "logs.zip", packed[:-30])) == (
        {},
        ["logs.zip is a zip that cannot be read (File is not a zip file)"],
    )


def test_a_damaged_member_leaves_the_others_alone(tmp_path: Path) -> None:
    packed = bytearray(zip_of({"a.log": LINES * 9, "b.log": LINES}, zipfile.ZIP_STORED))
    packed[packed.index(b"one")] ^= 1
    assert handed_in(put(tmp_path, "logs.zip", bytes(packed))) == (
        {"logs.zip!b.log": READ},
        ["logs.zip!a.log cannot be read: bad CRC-32 for file 'a.log'"],
    )


def test_a_large_member_is_read_up_to_where_it_is_damaged(tmp_path: Path) -> None:
    packed = bytearray(zip_of({"a.log": LINES * 200_000}, zipfile.ZIP_STORED))
    packed[packed.index(b"one")] ^= 1
    with open_bundle([str(put(tmp_path, "logs.zip", bytes(packed)))]) as bundle:
        blocks = list(read_blocks(bundle.files[0], 64 * 1024))
    assert sum(block.lines.height for block in blocks) > 300_000
    assert blocks[-1].problem
    assert "breaks off (Bad CRC-32" in blocks[-1].problem.what


def test_a_member_that_needs_a_password_is_told(tmp_path: Path) -> None:
    packed = bytearray(zip_of({"secret.log": LINES, "a.log": LINES}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert handed_in(put(tmp_path, "logs.zip", bytes(packed))) == (
        {"logs.zip!a.log": READ},
        ["logs.zip!secret.log needs a password, and was not opened"],
    )


@pytest.mark.parametrize(
    ("packed", "what"),
    [
        (zip_of({}), "is an archive that holds no files"),
        (zip_of({"__MACOSX/._a.log": b"x", ".DS_Store": b"x"}), "is an archive that holds no files"),
        (tar_of({}), "holds nothing but NUL bytes"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "is a 7z archive, which is not unpacked"),
        (b"Rar!\x1a\x07\x01\x00", "is a rar archive, which is not unpacked"),
        (b"\x04\x22\x4d\x18\x64\x40", "is compressed with lz4, which is not unpacked"),
    ],
)
def test_what_holds_nothing_and_what_is_not_unpacked_is_told(tmp_path: Path, packed: bytes, what: str) -> None:
    assert handed_in(put(tmp_path, "logs", packed)) == ({}, [f"logs {what}"])


def test_what_macos_adds_is_left_out_without_a_word(tmp_path: Path) -> None:
    packed = zip_of({"a.log": LINES, "__MACOSX/._a.log": b"\0\5\x16\7", "nginx/.DS_Store": b"\0", "._b.log": b"\0"})
    assert handed_in(put(tmp_path, "logs.zip", packed)) == ({"logs.zip!a.log": READ}, [])


def test_two_members_of_one_name_are_both_read_and_that_is_told(tmp_path: Path) -> None:
    packed = io.BytesIO(zip_of({"a.log": LINES}))
    with zipfile.ZipFile(packed, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a.log", b"three\n")
    assert handed_in(put(tmp_path, "logs.zip", packed.getvalue())) == (
        {"logs.zip!a.log": READ, "logs.zip!a.log (2)": ["three"]},
        ["logs.zip!a.log is in the archive more than once"],
    )


def test_names_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert list(handed_in(put(tmp_path, "a.zip", zip_of({"café/日本.log": LINES})))[0]) == ["a.zip!café/日本.log"]
    unmarked = zip_of({"cafe_.log": LINES}).replace(b"cafe_", "café".encode())
    assert list(handed_in(put(tmp_path, "b.zip", unmarked))[0]) == ["b.zip!café.log"]
    latin = tar_of({os.fsdecode(b"caf\xe9.log"): LINES})
    assert list(handed_in(put(tmp_path, "c.tar", latin))[0]) == ["c.tar!café.log"]


def test_a_name_of_thousands_of_characters_is_shown_in_part(tmp_path: Path) -> None:
    (name,) = handed_in(put(tmp_path, "logs.tar", tar_of({"x" * 5000: LINES})))[0]
    assert name == f"logs.tar!{'x' * 400}…"


def test_a_config_is_taken_out_of_an_archive_like_any_other(tmp_path: Path) -> None:
    config = b"events {}\nhttp { include conf.d/*.conf; }\n"
    server = b"server { listen 80; server_name a.example; location / { return 204; } }\n"
    log = b'203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET / HTTP/1.1" 204 0 "-" "curl/8.0"\n'
    configs = put(tmp_path, "nginx.zip", zip_of({"nginx/nginx.conf": config, "nginx/conf.d/a.conf": server}))
    report = analyze([str(put(tmp_path, "access.log", log))], configs=[str(configs)])
    assert not report.problems
    assert [row.path for row in report.sources if row.format == "nginx_conf"] == [
        "nginx.zip!nginx/conf.d/a.conf",
        "nginx.zip!nginx/nginx.conf",
    ]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_patch_of_a_config_in_an_archive_applies_where_it_is_unpacked(
    tmp_path: Path, pack: Callable[[Path, Path], Path]
) -> None:
    sample = shipped("samples") / "incident-1a"
    fix = analyze([str(pack(sample, tmp_path))]).incidents[0].fix
    assert fix.patch
    (tmp_path / "fix.patch").write_text(fix.patch, encoding="utf-8")
    unpacked = tmp_path / sample.name if pack is zipped else tmp_path
    shutil.copytree(sample, unpacked, dirs_exist_ok=True)
    subprocess.run(["patch", "-p1", "-i", "fix.patch"], cwd=tmp_path, check=True, capture_output=True)
    assert "/frontend-audio" in (unpacked / "nginx" / "conf.d" / "api-calls.harx.ai.conf").read_text(encoding="utf-8")


def test_no_include_is_followed_to_a_file_that_was_not_handed_in(tmp_path: Path) -> None:
    outside = put(tmp_path, "secrets.conf", b"server { listen 81; server_name secret.example; }\n")
    handed = tmp_path / "handed"
    handed.mkdir()
    put(handed, "nginx.conf", f"events {{}}\nhttp {{ include {outside}; include ../secrets.conf; }}\n".encode())
    packed = put(tmp_path, "a.zip", zip_of({"nginx.conf": (handed / "nginx.conf").read_bytes()}))
    for argument in (handed, packed):
        report = analyze([str(argument)])
        assert not any("secrets.conf" in row.path for row in report.sources)
        assert sorted(problem.what for problem in report.problems) == [
            "includes ../secrets.conf, which is not in the bundle",
            f"includes {outside}, which is not in the bundle",
        ]
