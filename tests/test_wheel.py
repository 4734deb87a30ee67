"""The built package in an environment of its own: what it holds, and that it works from any other folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
from golden_cases import ROOT
from PIL import Image

from ttsvar.version import VERSION

pytestmark = pytest.mark.slow

PATIENCE_TO_START = 600
"""Seconds that loading may take where many things run at once; on two free cores it is a few."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"ttsvar_explorer-{VERSION}-py3-none-any.whl"


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment with the wheel, which borrows its dependencies from the one that runs the tests."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    return home / "bin"


def run(programs: Path, folder: Path, name: str, *arguments: str) -> str:
    """What a program of that environment prints in a folder that has nothing of the repository."""
    done = subprocess.run(
        [programs / name, *arguments], cwd=folder, env=clean(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def clean() -> dict[str, str]:
    """The environment without what would lead Python to the repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def shipped() -> set[str]:
    """Every file of package, page and assets, as the wheel should name it; the README's pictures stay out."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "ttsvar", "ui", "assets"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
    names = [name for name in listed if not name.startswith("assets/images/") and (ROOT / name).exists()]
    return {name if name.startswith("ttsvar/") else f"ttsvar/{name}" for name in names}


def test_the_wheel_holds_every_file_and_nothing_else(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    about = {name for name in held if name.startswith(f"ttsvar_explorer-{VERSION}.dist-info/")}
    assert held - about == shipped()


def test_the_source_archive_has_what_the_wheel_is_built_from(built: Path) -> None:
    with tarfile.open(built / f"ttsvar_explorer-{VERSION}.tar.gz") as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "app.py", "ui/app.py"} <= held
    assert not [name for name in held if name.startswith(("tests", "golden", "assets/images"))]


def test_nothing_called_ui_or_assets_is_at_the_top_of_site_packages(programs: Path, tmp_path: Path) -> None:
    script = "import importlib.util as u; print([n for n in ('ui', 'assets', 'tools') if u.find_spec(n)])"
    assert run(programs, tmp_path, "python", "-c", script) == "[]\n"


def test_the_toybox_loads_from_the_installed_files(programs: Path, tmp_path: Path) -> None:
    script = (
        "import ttsvar; engine = ttsvar.load('toybox'); state = engine.begin('a photo of a red ball', seed=0);"
        "print(ttsvar.__file__, len(engine.schedule), engine.step(state).grown.scale, ttsvar.__version__)"
    )
    where, *rest = run(programs, tmp_path, "python", "-c", script).split()
    assert Path(where).is_relative_to(programs.parent)
    assert rest == ["13", "1", VERSION]


def test_the_command_generates_and_lists_from_another_folder(programs: Path, tmp_path: Path) -> None:
    assert run(programs, tmp_path, "ttsvar", "--version") == f"ttsvar {VERSION}\n"
    assert "toybox" in run(programs, tmp_path, "ttsvar", "models")
    run(programs, tmp_path, "ttsvar", "generate", "a photo of two red stars", "--search", "raw", "--out", "stars.png")
    recipe = json.loads(Image.open(tmp_path / "stars.png").info["ttsvar"])
    assert (recipe["prompt"], recipe["version"]) == ("a photo of two red stars", VERSION)


def test_the_installed_app_serves_the_page_from_another_folder(programs: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [programs / "ttsvar", "app", "--port", str(port), "--runs-dir", "runs"]
    app = subprocess.Popen(command, cwd=tmp_path, env=clean(), stdout=subprocess.DEVNULL)
    try:
        page = answer(app, f"http://127.0.0.1:{port}/")
    finally:
        app.terminate()
        assert app.wait(60) == 0
    assert "TTS-VAR Explorer" in page
    assert "glossary-terms" in page, "the page's own scripts and styles"
    recorded = json.loads((ROOT / "assets" / "recorded" / "index.json").read_text(encoding="utf-8"))
    assert all(run["name"] in page for run in recorded)


def answer(app: subprocess.Popen, address: str) -> str:
    """The page at an address, as soon as the app serves it."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_TO_START:
        assert app.poll() is None, "the app ended while starting"
        try:
            return urllib.request.urlopen(address, timeout=30).read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer within {PATIENCE_TO_START} s")
