"""Components of files: each is whole, and Streamlit takes its text for what it is."""

import pytest

from cnnapp.ui.components.build import HERE, build_component

COMPONENTS = sorted(path.stem for path in HERE.glob("*.html"))


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_has_its_three_files(name):
    build_component(name)


@pytest.mark.parametrize("path", [*HERE.glob("*.js"), *HERE.glob("*.css")], ids=lambda path: path.name)
def test_a_file_has_two_lines_since_streamlit_takes_one_for_the_name_of_a_file(path):
    assert len(path.read_text().strip().splitlines()) > 1


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_script_that_opens_a_parcel_gets_what_opens_it(name):
    """The module that shows a component says so; the two must agree."""
    opens = "unpack(data)" in (HERE / f"{name}.js").read_text()
    assert opens == ("parcel=True" in (HERE / f"{name}.py").read_text())
