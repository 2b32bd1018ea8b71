// Pictures: copies of a prototype that HoloViews rendered, filled in the browser. Only their data travel.

const prototypes = new Map() // name -> Bokeh document of one figure, as JSON
let drawings = 0
const numbers = (values) => values.map((value) => value === null ? NaN : value)
// A row of the table in one line, for what is under the pointer; cells without words are left out.
const rowWords = ([header, ...rows]) => rows.map(([first, ...rest]) =>
  [first, ...rest.map((cell, i) => cell && `${header[i + 1]} ${cell}`).filter(Boolean)].join("; "))

// What a source was given last. To give it the same again would cost Bokeh as much as something new: it maps each mark.
const given = new WeakMap()
const alike = (one, other) => one.length === other.length && one.every((value, i) => Object.is(value, other[i]))
function give(source, data) {
  const before = given.get(source), names = Object.keys(data)
  given.set(source, data)
  if (before && names.length === Object.keys(before).length && names.every((name) => alike(data[name], before[name] ?? [])))
    return
  source.data = data
}

// Everything of a figure changes before it is painted once. Columns that are alike came once, as places in values.
function put(figure, {columns, values, x, y, beside, height}, table, view) {
  figure.hold_render = true
  const read = values.map(numbers)
  for (const {name, data_source} of figure.renderers) {
    const told = columns[name] ?? {}
    const column = (at) => at < 0 ? rowWords(table).slice(0, read[told.left].length) : read[at]
    give(data_source, Object.fromEntries(Object.entries(told).map(([name, at]) => [name, column(at)])))
  }
  for (const [range, {start, end}] of [[figure.x_range, x], [figure.y_range, y]]) {
    range.setv({start, end, reset_start: start, reset_end: end})
  }
  for (const [axis, ticks] of [[figure.below[0], x.ticks], [figure.left[0], y.ticks], [figure.right.at(-1), beside]]) {
    if (!ticks.length && !axis.major_label_overrides.size) continue
    axis.ticker.setv({ticks: ticks.map(([place]) => place)})
    axis.major_label_overrides = new Map(ticks)
  }
  if (figure.height !== height && view) { // told aloud, it would lay the figure out at once, and again when it is painted
    figure.setv({height}, {silent: true})
    view.update_layout()
    view.request_layout(true)
  } else figure.height = height
  figure.hold_render = false
}

function pictured() {
  let place = null, made = null, kind = "", wanted = null, drawn = null, table = []

  // By its attributes: to ask the browser would make it lay out the whole page in the middle of a change.
  const seen = () => Boolean(place?.isConnected && !place.closest("[hidden]"))
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
    put(figure, said, table)
    place.replaceChildren(frame)
    const ready = Bokeh.embed.add_document_standalone(bokeh, frame, [frame]).then((views) =>
      bokeh.is_idle ? views : new Promise((done) => bokeh.idle.connect(() => done(views))))
    made = {bokeh, figure, ready, number: ++drawings, drawing: true}
    const own = made
    ready.then((views) => {
      own.drawing = false
      own.view = views.get(figure)
    })
  }
  return {
    tell(drawing, rows) {
      if (rows !== table) drawn = null // other words under the pointer
      wanted = drawing
      table = rows
      if (place) place.hidden = !wanted
    },
    // What is hidden is not drawn; what cannot be drawn yet is drawn by the paper when Bokeh has come.
    get waits() { return wanted && !(made && drawn === wanted) && window.Bokeh && seen() },
    show() {
      drawn = wanted
      const said = JSON.parse(wanted.said)
      place.style.minHeight = `${said.height}px` // the page does not jump while one picture takes another's place
      if (made && kind === wanted.prototype) return put(made.figure, said, table, made.view)
      drop()
      kind = wanted.prototype
      draw(said)
    },
    placeIn(next) {
      if (next && made && next !== place) next.replaceChildren(...place.childNodes)
      place = next
      if (!place) drop()
      else place.hidden = !wanted
    },
    get figure() { return made?.figure ?? null },
    get number() { return made?.number ?? 0 }, // another one when the figure was made anew
    // When it has been drawn for the first time; null when it has been, or cannot be because it is hidden.
    get ready() { return made?.drawing && seen() ? made.ready : null },
    drop,
  }
}
