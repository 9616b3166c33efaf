"""The perceptron with two inputs and its learning rule: what math.js does, in Python.

Chapter: 01_neurons. Source: Rosenblatt, 1958; the rule's cycling on data that no line separates:
Minsky and Papert, 1969, chapter 11.
"""

from dataclasses import dataclass

INPUTS = ((0, 0), (0, 1), (1, 0), (1, 1))
GATES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
}


def weighted_sum(w1, w2, b, x):
    """Return z = w·x + b for one pair of inputs x."""
    return w1 * x[0] + w2 * x[1] + b


def step(z):
    """Return 1 when z >= 0, else 0."""
    return 1 if z >= 0 else 0


def outputs(w1, w2, b):
    """Return the perceptron's answers to the four rows of the truth table, in INPUTS' order."""
    return tuple(step(weighted_sum(w1, w2, b, x)) for x in INPUTS)


@dataclass(frozen=True)
class State:
    """The perceptron after some steps of training.

    weights (w1, w2, b); counts: how often each was raised minus how often it was lowered;
    row, output, error: the example of the last step, the answer, target - answer (None at first).
    """

    weights: tuple
    counts: tuple
    row: int | None = None
    output: int | None = None
    error: int | None = None


def train(gate, start, rate, steps):
    """Apply the perceptron learning rule and return the states, the start first.

    Step k looks at row k mod 4 of the truth table and adds rate * (target - output) to b and to
    the weight of each input that is 1. A step without error changes nothing. It stops early when
    the last four steps made no error: then all rows are right. start (w1, w2, b).
    """
    counts = (0, 0, 0)
    states = [State(tuple(start), counts)]
    for k in range(steps):
        row = k % 4
        x = INPUTS[row]
        output = step(weighted_sum(*states[-1].weights, x))
        error = GATES[gate][row] - output
        counts = (counts[0] + error * x[0], counts[1] + error * x[1], counts[2] + error)
        # from whole counts, not by adding again and again: equal vectors are equal to the last bit
        weights = tuple(w + rate * c for w, c in zip(start, counts, strict=True))
        states.append(State(weights, counts, row, output, error))
        if learned(states):
            break
    return states


def learned(states):
    """Return whether the last four steps, one for each row, made no error."""
    return len(states) > 4 and all(state.error == 0 for state in states[-4:])


def cycle(states):
    """Return (first, again): the two step numbers at which the same weights met the same row.

    From there everything repeats, for the rule depends on nothing else. None when training has
    succeeded or nothing has repeated yet.
    """
    seen = {}
    if learned(states):
        return None
    for k, state in enumerate(states):
        key = (*state.counts, k % 4)
        if key in seen:
            return seen[key], k
        seen[key] = k
    return None
