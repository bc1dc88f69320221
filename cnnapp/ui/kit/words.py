"""Numbers in words, rounded to what they can bear."""


def percent(share: float) -> str:
    """Return a share 0-1 as percent: 0.9744 is "97.4 %"; only a whole share is "100.0 %", only none is "0.0 %"."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def decimal(value: float, digits: int = 3) -> str:
    """Return a number rounded to so many digits, with the minus sign of the charts: -0.06032 is "−0.0603"."""
    return f"{value:.{digits}g}".replace("-", "−")


def duration(seconds: float) -> str:
    """Return a length of time in its largest unit: "38 s", "12 min", "3 h", "2 days"."""
    for unit, size, limit in (("s", 1, 100), ("min", 60, 90), ("h", 3600, 36)):
        if seconds < limit * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"


def cut_middle(text: str, room: int) -> str:
    """Return a text that fits into so many characters; a longer one keeps its ends: "flowers-of…garden-v2"."""
    if len(text) <= room:
        return text
    head = room // 2
    return f"{text[:head].rstrip()}…{text[len(text) - (room - head - 1) :].lstrip()}"
