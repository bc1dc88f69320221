"""What many ask for alike is computed once, and only the newest answers are kept."""

import threading

from cnnapp.ui.kit.once import Once


def test_the_first_who_asks_computes_for_all():
    asked: list[int] = []

    def compute() -> int:
        asked.append(len(asked))
        return len(asked)

    once = Once(most=2)
    assert [once.answer("same", compute) for _ in range(3)] == [1, 1, 1]
    assert once.answer("other", compute) == 2
    assert asked == [0, 1]


def test_only_the_answers_that_were_asked_for_last_are_kept():
    once = Once(most=2)
    for question in ("first", "second", "first", "third"):
        once.answer(question, lambda question=question: question)
    assert once.answer("first", lambda: "anew") == "first"
    assert once.answer("second", lambda: "anew") == "anew"
    assert len(once._answers) == 2


def test_two_who_ask_at_once_get_one_answer():
    once, together, answers = Once(most=1), threading.Barrier(8), []

    def ask() -> None:
        together.wait()
        answers.append(once.answer("same", object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(map(id, answers))) == 1
