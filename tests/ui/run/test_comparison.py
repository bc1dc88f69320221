from cnnapp import runs
from cnnapp.figures.compared_runs import RunCurve, plot_compared_runs
from cnnapp.ui.run.comparison import curve_of, differences
from tests.kit.written_runs import write_run


def test_runs_of_the_same_settings_do_not_differ(home):
    config = runs.configure("digits", "lenet5")
    listed = [runs.get(runs.enqueue(config)) for _ in range(2)]
    assert differences(listed).empty


def test_only_what_differs_is_shown_in_words(home):
    first = runs.enqueue(runs.configure("digits", "lenet5", epochs=3))
    second = runs.enqueue(runs.configure("digits", "dense", epochs=5, batch_size=64, augmentation={"zoom": 0.1}))
    table = differences([runs.get(first), runs.get(second)])
    assert table.loc["network"].tolist() == ["lenet5", "dense"]
    assert table.loc["epochs"].tolist() == ["3", "5"]
    assert table.loc["augmentation zoom"].tolist() == ["0", "0.1"]
    assert "batch size" not in table.index
    assert "data set" not in table.index


def test_a_run_that_was_stopped_is_not_taken_for_one_with_all_its_epochs(home):
    runs_of_ten = [write_run("stopped", epochs=2), write_run("finished", epochs=10)]
    table = differences([runs.get(run) for run in runs_of_ten])
    assert table.loc["epochs done"].tolist() == ["2 of 15", "10 of 15"]


def test_what_happened_on_the_way_is_a_difference(home):
    changed, other = (write_run("finished", epochs=2) for _ in range(2))
    runs.find(changed).emit("notice", message="Learning rate changed to 0.0001 from step 30 on.")
    table = differences([runs.get(changed), runs.get(other)])
    assert table.loc["on the way"].tolist() == ["Learning rate changed to 0.0001 from step 30 on.", ""]


def test_a_schedule_that_one_run_lacks_is_a_difference(home):
    first = runs.enqueue(runs.configure("digits", "lenet5"))
    second = runs.enqueue(runs.configure("digits", "lenet5", schedule={"kind": "cosine", "warmup": 0.1}))
    table = differences([runs.get(first), runs.get(second)])
    assert table.loc["schedule kind"].tolist() == ["constant", "cosine"]
    assert table.loc["schedule warmup"].tolist() == ["", "0.1"]


def test_a_run_without_epochs_is_an_empty_curve_and_titles_are_no_markup(home):
    run = runs.enqueue(runs.configure("digits", "lenet5"), "<b>bold</b>")
    curve = curve_of(runs.get(run), "val_accuracy", 1)
    assert curve == RunCurve("1 &lt;b&gt;bold&lt;/b&gt;", (), ())
    assert len(plot_compared_runs([curve], "validation accuracy", percent=True).data) == 1


def test_a_long_run_is_a_line_without_dots():
    long, short = (RunCurve(str(count), tuple(range(count)), (0.5,) * count) for count in (300, 30))
    assert [line.mode for line in plot_compared_runs([long, short], "loss").data] == ["lines", "lines+markers"]


def test_runs_are_told_apart_by_colour_and_by_dash():
    figure = plot_compared_runs([RunCurve(str(n), (1, 2), (0.5, None)) for n in range(3)], "loss")
    assert len({(line.line.color, line.line.dash) for line in figure.data}) == 3
    assert figure.data[0].y == (0.5, None)
