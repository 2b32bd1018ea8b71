"""A picture drawn as the browser draws it (dashboard/browser/pictures.js), in Python: a prototype, filled."""

import json

from bokeh.document import Document
from bokeh.plotting import figure

from dashboard.charts import drawing
from dashboard.charts.picture import Picture


class Drawn:
    """A copy of the prototype of a picture, with the picture's data in it."""

    def __init__(self, picture: Picture, dark: bool = False):
        self.drawing = drawing(picture, dark)
        document = Document.from_json(json.loads(self.drawing.model()))
        self.figure: figure = document.roots[0]
        self.patch(picture, dark)

    def fits(self, picture: Picture, dark: bool = False) -> bool:
        """Whether the browser would fill the same copy with that picture."""
        return drawing(picture, dark).prototype == self.drawing.prototype

    def patch(self, picture: Picture, dark: bool = False) -> None:
        """Another picture of the same kind in it."""
        said = json.loads(drawing(picture, dark).said)
        values = [[float("nan") if value is None else value for value in column] for column in said["values"]]
        layers = {layer.name: layer for layer in picture.layers}
        for renderer in self.figure.renderers:
            # The browser takes the words under the pointer from the table (tests/browser/test_views.py).
            renderer.data_source.data = {
                name: list(layers[renderer.name].columns[name]) if at < 0 else values[at]
                for name, at in said["columns"][renderer.name].items()
            }
        for range_, axis in ((self.figure.x_range, said["x"]), (self.figure.y_range, said["y"])):
            range_.update(start=axis["start"], end=axis["end"])
