"""The process in which a plugin runs: asked by lines of JSON, it answers by lines of JSON, and may die meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from tiers_payant.plugins._greffons import BUILTIN
from tiers_payant.plugins.conformance._calls import Capture
from tiers_payant.plugins.conformance._growth import memory, speed
from tiers_payant.plugins.conformance._inventory import Inventory, name_of, spec_faults, take
from tiers_payant.plugins.conformance._reading import Bench
from tiers_payant.plugins.conformance._trips import TRIPS, digests

__all__ = ["main"]

_NO_SAMPLE = (".golden.json", ".md")
"""What may stand beside samples."""
Answer = Iterator[dict[str, Any]]


@attrs.frozen(kw_only=True)
class Settings:
    """What every request is about."""

    plugin: str
    samples: str
    """Folder that holds one folder of samples for each format."""
    most: int
    """Cases made from one sample, at most, in each family."""


class Worker:
    """Answers requests; everything is loaded on first use."""

    def __init__(self, settings: Settings, capture: Capture) -> None:
        self._settings = settings
        self._capture = capture

    @cache  # noqa: B019 - one worker lives as long as its process
    def inventory(self) -> Inventory:
        return take(self._settings.plugin, self._capture)

    def answer(self, request: dict[str, Any]) -> Answer:
        """Answer one request: what is begun, what is seen, and at last what it amounts to."""
        kinds: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "inventory": self._inventory, "family": self._family, "trip": self._trip, "digests": self._digests,
            "memory": self._memory, "speed": self._speed, "judge": self._judge,
        }  # fmt: skip
        yield from kinds[request["ask"]](request)

    def _inventory(self, request: dict[str, Any]) -> Answer:
        found = self.inventory()
        brought = {
            hook: [
                {
                    "name": name_of(spec, rank),
                    "faults": spec_faults(spec, builtin=self._settings.plugin == BUILTIN),
                    "parts": getattr(spec, "read_parts", None) is not None,
                    "write": getattr(spec, "write", None) is not None,
                    "elements": getattr(spec, "elements", None) is not None,
                }
                for rank, spec in enumerate(specs)
            ]
            for hook, specs in found.brought.items()
        }
        yield {
            "end": {
                "brought": brought, "load_faults": found.load_faults, "hook_faults": found.hook_faults,
                "refused": found.refused, "distribution": found.loaded.distribution, "version": found.loaded.version,
            }
        }  # fmt: skip

    @cache  # noqa: B019
    def _bench(self, name: str) -> Bench:
        spec = self.inventory().named("tiers_payant_formats", name)
        folder = Path(self._settings.samples, name)
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        samples = {path.name: path for path in found if path.is_file() and not path.name.endswith(_NO_SAMPLE)}
        return Bench(spec, samples, self._capture, self._settings.most)

    def _family(self, request: dict[str, Any]) -> Answer:
        bench, count = self._bench(request["format"]), 0
        for rank, case in enumerate(bench.family(request["family"])):
            count = rank + 1
            if rank < request["skip"]:
                continue
            yield {"begin": case.name}
            yield {"seen": bench.observe(case, whole=request["family"] == "samples")}
        yield {"end": {"count": count}}

    def _trip(self, request: dict[str, Any]) -> Answer:
        yield {"begin": request["trip"]}
        yield {"end": TRIPS[request["trip"]](self._bench(request["format"]), self._capture)}

    def _digests(self, request: dict[str, Any]) -> Answer:
        bench = self._bench(request["format"])
        yield {"end": [digests(bench, self._capture), digests(bench, self._capture)]}

    def _memory(self, request: dict[str, Any]) -> Answer:
        yield {"end": memory(self._bench(request["format"]), request["octets"])}

    def _speed(self, request: dict[str, Any]) -> Answer:
        yield {"end": speed(self._bench(request["format"]))}

    def _judge(self, request: dict[str, Any]) -> Answer:
        from tiers_payant.plugins.conformance._judges import JUDGES  # here: most plugins bring formats alone

        yield {"begin": request["name"]}
        spec = self.inventory().named(request["hook"], request["name"])
        yield {"end": JUDGES[request["hook"]](spec, self._capture, self.inventory())}


def main() -> None:
    """Answer requests until there are no more; the first one is the settings."""
    capture = Capture()
    worker = Worker(Settings(**json.loads(capture.requests.readline())), capture)
    for line in iter(capture.requests.readline, ""):
        for told in worker.answer(json.loads(line)):
            capture.answers.write(json.dumps(told) + "\n")
            capture.answers.flush()


if __name__ == "__main__":
    main()
