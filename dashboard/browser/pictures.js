// Pictures: copies of a prototype that HoloViews rendered, filled in the browser. Only their data travel.

const prototypes = new Map() // name -> Bokeh document of one figure, as JSON
let drawings = 0
const numbers = (values) => values.map((value) => value === null ? NaN : value)

// Everything of a figure changes before it is painted once.
function put(figure, {columns, x, y, beside, height}) {
  figure.hold_render = true
  for (const {name, data_source} of figure.renderers) {
    const told = Object.entries(columns[name] ?? {})
    data_source.data = Object.fromEntries(told.map(([column, values]) => [column, numbers(values)]))
  }
  for (const [range, {start, end}] of [[figure.x_range, x], [figure.y_range, y]]) {
    range.setv({start, end, reset_start: start, reset_end: end})
  }
  for (const [axis, ticks] of [[figure.below[0], x.ticks], [figure.left[0], y.ticks], [figure.right.at(-1), beside]]) {
    if (!ticks.length && !axis.major_label_overrides.size) continue
    axis.ticker.setv({ticks: ticks.map(([place]) => place)})
    axis.major_label_overrides = new Map(ticks)
  }
  if (figure.height !== height) figure.height = height
  figure.hold_render = false
}

function pictured() {
  let place = null, made = null, kind = "", wanted = null, drawn = null

  const drop = () => {
    if (!made) return
    const {bokeh, ready} = made
    made = null
    kind = ""
    ready.then((views) => {
      views.clear()
      bokeh.clear()
      const at = Bokeh.documents.indexOf(bokeh)
      if (at >= 0) Bokeh.documents.splice(at, 1)
    })
  }
  const draw = (said) => {
    const {Document} = Bokeh.require("document")
    const bokeh = Document.from_json(JSON.parse(prototypes.get(kind)))
    const figure = bokeh.roots()[0]
    const frame = document.createElement("div")
    place.style.minHeight = `${said.height}px` // the page does not jump while one picture takes another's place
    put(figure, said)
    place.replaceChildren(frame)
    const ready = Bokeh.embed.add_document_standalone(bokeh, frame, [frame]).then((views) =>
      bokeh.is_idle ? views : new Promise((done) => bokeh.idle.connect(() => done(views))))
    made = {bokeh, figure, ready, number: ++drawings}
  }
  return {
    // What is hidden is not drawn; what cannot be drawn yet is drawn by the paper when Bokeh has come.
    show(drawing) {
      wanted = drawing
      if (!place) return
      place.hidden = !wanted
      if (!wanted || !window.Bokeh || !place.checkVisibility()) return
      if (made && drawn === wanted) return
      drawn = wanted
      const said = JSON.parse(wanted.said)
      if (made && kind === wanted.prototype) return put(made.figure, said)
      drop()
      kind = wanted.prototype
      draw(said)
    },
    placeIn(next) {
      if (next && made) next.replaceChildren(...place.childNodes)
      place = next
      if (!place) drop()
      else place.hidden = !wanted
    },
    get figure() { return made?.figure ?? null },
    get number() { return made?.number ?? 0 }, // another one when the figure was made anew
    get ready() { return made?.ready ?? Promise.resolve() },
    drop,
  }
}
