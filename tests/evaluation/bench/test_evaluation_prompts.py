from __future__ import annotations

from collections import Counter

import pytest

from ttsvar.commands.cli import main
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.prompts import PUBLISHED, evaluation_prompts, every_request, read_prompts, write_prompts
from ttsvar.evaluation.rules.geneval import judge
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
