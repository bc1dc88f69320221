"""What many sessions ask for alike: computed once for all of them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Once:
    """The newest answers, each computed by the first who asks."""

    def __init__(self, most: int) -> None:
        """Keep at most so many answers, those that were asked for last."""
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._most = most
        self._guard = threading.Lock()

    def answer(self, question: Hashable, compute: Callable[[], Any]) -> Any:
        """Return what `compute` gave when `question` was first asked."""
        with self._guard:
            if question not in self._answers:
                self._answers[question] = compute()
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
            self._answers.move_to_end(question)
            return self._answers[question]
