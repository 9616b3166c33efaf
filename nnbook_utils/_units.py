"""Numbers with units, as people write them."""


def seconds(value):
    """A duration in three digits with the unit that suits it: 1.23 µs, 45.6 ms, 7.89 s."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size * 0.9995:
            return f"{three_digits(value / size)} {unit}"
    return f"{three_digits(value / 1e-9)} ns"


def three_digits(value):
    """A positive number in three digits, with separators when it is large: 0.0123, 4.56, 12,300."""
    if value == 0:
        return "0"
    text = f"{value:.3g}"
    if "e" in text or value >= 1000:
        rounded = float(text)
        return f"{rounded:,.0f}" if rounded >= 1000 else text
    digits = text.replace(".", "").lstrip("0")
    missing = 3 - len(digits)
    if missing > 0 and value < 100:
        text += ("" if "." in text else ".") + "0" * missing
    return text


def difference(value):
    """A difference in scientific notation, 2.2e-16, and plainly 0 when there is none."""
    return "0" if value == 0 else f"{value:.1e}"


def bound(value):
    """A tolerance as short as it can be said: 1e-9, 2.5e-4, 0.01."""
    if value >= 0.01:
        return f"{value:g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"
