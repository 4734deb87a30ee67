from collections import Counter

import pytest

from ttsvar.errors import ConfigError
from ttsvar.evaluation.geneval import judge
from ttsvar.evaluation.prompts import evaluation_prompts, every_request, read_prompts, write_prompts
from ttsvar.toybox.prompts import TAGS


def test_list_is_fixed_and_shorter_lists_begin_longer_ones():
    longer, shorter = evaluation_prompts(20), evaluation_prompts(5)
    assert longer == evaluation_prompts(20)
    for tag in TAGS:
        of_tag = [p for p in longer if p.tag == tag]
        assert [p for p in shorter if p.tag == tag] == of_tag[:5]
        assert len({p.prompt for p in of_tag}) == len(of_tag)


def test_everything_but_single_objects_is_held_out():
    prompts = evaluation_prompts(20)
    assert {p.tag for p in prompts if not p.held_out} == {"single_object"}
    assert set(Counter(p.tag for p in prompts)) == set(TAGS)
    both = evaluation_prompts(20, seen=True)
    assert {p.tag for p in both if not p.held_out} == set(TAGS)


def test_nothing_seen_passes_for_held_out():
    held_out = {r.prompt for tag in TAGS for r in every_request(tag) if r.held_out}
    assert all(p.held_out == (p.prompt in held_out) for p in evaluation_prompts(20, seen=True))


def test_metadata_is_what_the_rule_reads():
    assert all(not judge(p.metadata, []).correct for p in evaluation_prompts(3))


def test_written_list_comes_back(tmp_path):
    prompts = evaluation_prompts(2, seen=True)
    write_prompts(prompts, tmp_path / "prompts.jsonl")
    assert read_prompts(tmp_path / "prompts.jsonl") == prompts
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "a photo of a cup"}\n')
    with pytest.raises(ConfigError, match="line 1"):
        read_prompts(tmp_path / "prompts.jsonl")


def test_wrong_requests_are_refused():
    with pytest.raises(ConfigError, match="per_category is 0"):
        evaluation_prompts(0)
    with pytest.raises(ConfigError, match="no category 'nothing'"):
        list(every_request("nothing"))
