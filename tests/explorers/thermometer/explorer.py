"""The smallest explorer with a canvas and a call to Python: for tests only."""

from matplotlib.figure import Figure

from nnbook_utils.explorers.kit import Explorer, Number


class Thermometer(Explorer):
    """A bar as high as the temperature."""

    settings = ("celsius",)
    actions = ("fahrenheit", "broken")
    celsius = Number(20, -50, 100)

    def fahrenheit(self):
        return 1.8 * self.celsius + 32

    def broken(self):
        raise RuntimeError("the sensor is unplugged")

    def description(self):
        return f"A thermometer at {self.celsius:g} degrees."

    def still(self):
        figure = Figure(figsize=(2, 2))
        figure.subplots().bar([0], [self.celsius])
        return figure
