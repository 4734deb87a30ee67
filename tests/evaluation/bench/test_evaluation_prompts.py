from __future__ import annotations

from collections import Counter

import pytest

from ttsvar.commands.cli import main
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.prompts import PUBLISHED, evaluation_prompts, every_request, read_prompts, write_prompts
from ttsvar.evaluation.rules.geneval import GENEVAL, judge
from ttsvar.toybox.world.prompts import GENEVAL_TAGS, TAGS


@pytest.mark.slow
def test_the_published_list_is_what_the_command_writes(tmp_path, capsys):
    assert main(["prompts", "--out", str(tmp_path / "list.jsonl")]) == 0
    assert (tmp_path / "list.jsonl").read_bytes() == PUBLISHED.read_bytes()
    assert "Wrote 720 prompts" in capsys.readouterr().out


def test_every_category_has_sixty_lines_of_which_a_part_was_never_seen():
    prompts = evaluation_prompts()
    assert Counter(p.tag for p in prompts) == dict.fromkeys(TAGS, 60)
    unseen = Counter(p.tag for p in prompts if p.held_out)
    many = set(TAGS) - {"single_object", "two_object", "colors"}
    assert unseen == {"two_object": 10, "colors": 8} | dict.fromkeys(many, 20)
    assert len({(p.prompt, p.repeat) for p in prompts}) == 720


def test_only_single_objects_are_repeated():
    assert {p.tag for p in evaluation_prompts() if p.repeat} == {"single_object"}


def test_shorter_lists_begin_longer_ones_and_hold_unseen_ones_too():
    longer, shorter = evaluation_prompts(), evaluation_prompts(6)
    for tag in ("counting", "position", "color_attr"):
        of_tag = [p for p in shorter if p.tag == tag]
        assert of_tag == [p for p in longer if p.tag == tag][:6]
        assert sum(p.held_out for p in of_tag) == 2


def test_held_out_and_seen_ones_can_be_asked_for_alone():
    assert {p.held_out for p in evaluation_prompts(held_out=True)} == {True}
    assert {p.held_out for p in evaluation_prompts(held_out=False)} == {False}


def test_nothing_seen_passes_for_held_out():
    held_out = {r.prompt for tag in GENEVAL_TAGS for r in every_request(tag) if r.held_out}
    assert all(p.held_out == (p.prompt in held_out) for p in evaluation_prompts() if p.tag in GENEVAL_TAGS)


def test_metadata_is_what_the_rule_reads():
    assert all(not judge(p.metadata, []).correct for p in evaluation_prompts())


def test_written_list_comes_back(tmp_path):
    prompts = evaluation_prompts(12)
    write_prompts(prompts, tmp_path / "prompts.jsonl")
    assert read_prompts(tmp_path / "prompts.jsonl") == prompts


@pytest.mark.parametrize(
    "line", ['{"prompt": "a photo of a cup"}', "no json", "[]", '{"tag": "t", "prompt": "p", "include": 1}']
)
def test_broken_lists_are_named(tmp_path, line):
    (tmp_path / "prompts.jsonl").write_text(line + "\n")
    with pytest.raises(ConfigError, match="line 1"):
        read_prompts(tmp_path / "prompts.jsonl")


STAR = '{"tag": "counting", "prompt": "two stars", "include": [{"class": "star", "count": 2}]}'


@pytest.mark.parametrize(
    "data",
    [
        STAR.encode("utf-16"),
        b"\xfe\xff" + STAR.encode("utf-16-be"),
        b"\xef\xbb\xbf" + STAR.encode(),
        f"\r\n\n{STAR}\r\n \r\n".encode(),
        STAR.encode("utf-32"),
    ],
)
def test_lists_that_other_programs_wrote_are_read(tmp_path, data):
    (tmp_path / "prompts.jsonl").write_bytes(data)
    assert [p.prompt for p in read_prompts(tmp_path / "prompts.jsonl")] == ["two stars"]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0c", "\x1c"])
def test_only_a_line_feed_ends_a_line(tmp_path, separator):
    line = STAR.replace("two stars", f"two{separator}stars")
    (tmp_path / "prompts.jsonl").write_text(f"{line}\n{STAR}\n", encoding="utf-8")
    if separator < " ":
        with pytest.raises(ConfigError, match=r"line 1 .* no JSON"):
            read_prompts(tmp_path / "prompts.jsonl")
        return
    assert [p.prompt for p in read_prompts(tmp_path / "prompts.jsonl")] == [f"two{separator}stars", "two stars"]


def test_other_encodings_and_unreadable_files_are_named(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_bytes(f"{STAR}\n".encode() + STAR.replace("two", "caf\xe9").encode("latin-1"))
    with pytest.raises(ConfigError, match=r"prompts\.jsonl is no UTF-8 text \(line 2\); save it as UTF-8"):
        read_prompts(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="no UTF-16 text"):
        read_prompts(path)


CLAUSE = '{"class": "star", "count": 2}'


@pytest.mark.parametrize(
    ("clauses", "told"),
    [
        ('"include": [{"class": "star"}]', r"count of include\[0\] is missing; it must be a whole number above 0"),
        ('"include": [{"class": "star", "count": "2"}]', "count of include.0. is '2'"),
        ('"include": [{"class": "star", "count": true}]', "is True"),
        ('"include": [{"class": "star", "count": 0}]', "is 0"),
        ('"include": [{"count": 1}]', "class of include.0. is missing"),
        ('"include": ["star", "ball"]', "include.0. is 'star'; it must be a clause such as"),
        (f'"include": [{CLAUSE}], "exclude": [{{"class": "ball"}}]', "count of exclude.0. is missing"),
        (f'"include": [{CLAUSE}], "exclude": [{{"name": "ball", "count": 1}}]', "class of exclude.0. is missing"),
        (f'"include": [{CLAUSE}], "exclude": 7', "exclude is 7"),
        ('"include": [{"class": "star", "count": 1, "color": 3}]', "color of include.0. is 3"),
        ('"include": [{"class": "star", "count": 1, "position": ["above", 0]}]', "number of an earlier clause"),
        (f'"include": [{CLAUSE}, {{"class": "b", "count": 1, "position": [["a"], 0]}}]', "number of an earlier clause"),
        (f'"include": [{CLAUSE}], "repeat": "x"', "repeat is 'x'"),
        (f'"include": [{CLAUSE}], "held_out": "no"', "held_out is 'no'"),
        ('"include": ' + "[" * 100_000, "no JSON"),
    ],
)
def test_half_valid_metadata_is_refused_with_file_and_line(tmp_path, clauses, told):
    path = tmp_path / "prompts.jsonl"
    path.write_text(f'\n{{"tag": "t", "prompt": "p", {clauses}}}\n')
    with pytest.raises(ConfigError, match=rf"prompts\.jsonl, line 2 is not a prompt in GenEval's form: .*{told}"):
        read_prompts(path)


def test_null_counts_as_absent(tmp_path):
    clause = '{"class": "star", "count": 2, "color": null, "position": null}'
    (tmp_path / "p.jsonl").write_text(f'{{"tag": "t", "prompt": "p", "include": [{clause}], "exclude": null}}')
    (prompt,) = read_prompts(tmp_path / "p.jsonl")
    assert judge(prompt.metadata, [], GENEVAL).reasons
    assert prompt.metadata == {"tag": "t", "prompt": "p", "include": [{"class": "star", "count": 2}]}


def test_wrong_requests_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="per_category is 0"):
        evaluation_prompts(0)
    with pytest.raises(ConfigError, match="no category 'nothing'"):
        list(every_request("nothing"))
    with pytest.raises(ConfigError, match="no list of prompts"):
        read_prompts(tmp_path / "absent.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(ConfigError, match="is empty"):
        read_prompts(tmp_path / "empty.jsonl")
