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
        for renderer in self.figure.renderers:
            # The browser takes the words under the pointer from the table (tests/browser/test_views.py).
            places = said["columns"][renderer.name]
            boxes = len(values[places["left"]]) if "said" in places else 0
            renderer.data_source.data = {
                name: ["a row of the table"] * boxes if at < 0 else values[at] for name, at in places.items()
            }
        for range_, axis in ((self.figure.x_range, said["x"]), (self.figure.y_range, said["y"])):
            range_.update(start=axis["start"], end=axis["end"])
