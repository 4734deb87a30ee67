"""Drive a whole search from a program: take the algorithm's word at clusterings, and overrule it at every resampling.

Start the app (`make app`), then: `python examples/drive.py "a photo of three blue balls"`.
"""

import shutil
import sys

from gradio_client import Client


def drive(url: str, prompt: str, out: str) -> str:
    """Draw a prompt, keeping the candidates with the highest rewards where the search would draw lots; the run's id."""
    client = Client(url, verbose=False)
    run, done = client.predict(prompt, api_name="/begin")["run_id"], False
    while not done:
        scale = client.predict(run, api_name="/step")
        ranked = sorted(scale["candidates"], key=lambda candidate: -candidate["reward"])
        best = [candidate["index"] for candidate in ranked[: scale["keep"]]]
        keep = best if scale["decision"] == "resample" else None  # None: as the algorithm proposes
        done = client.predict(run, keep, api_name="/select")["done"]
    shutil.copy(client.predict(run, api_name="/image"), out)
    return run


if __name__ == "__main__":
    prompt = sys.argv[1] if len(sys.argv) > 1 else "a photo of three blue balls"
    url = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:7860/"
    print(f"Wrote best.png; watch the run at {url}?run={drive(url, prompt, 'best.png')}")
