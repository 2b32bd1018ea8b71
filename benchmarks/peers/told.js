// Run before the page's own scripts: it says what the pictures' sources hold, once their figures have been drawn.
//
// It says so at the moment at which the harness reads the other pages made of Bokeh pictures (the static floor, both
// of Panel): the sources hold the new data and the figures' views have finished. The driver then waits until two more
// frames were painted, for every page alike. Said after the painting, ours alone was read two frames later.
let stamp = 0, said = -1
const sum = (values) => Array.from(values ?? []).reduce((all, value) => all + (value || 0), 0)
// A stepped band holds its upper edge and then its lower edge backwards, each period twice.
const band = ({y}) => y.slice(0, y.length / 2).reduce((all, value, i) => all + (value - y[y.length - 1 - i]) / 2, 0)
const say = ({parts, place, number}) => {
  if (number === said || [...parts.values()].some(({picture}) => picture?.ready)) return
  const drawn = (heading) => {
    const part = [...parts.values()].find(({box, picture}) => picture && box.querySelector("h2")?.textContent === heading)
    return part?.picture.figure?.renderers.map(({name, data_source: {data}}) => ({name, ...data}))
  }
  const [caseload, contacts, levels, advocates] = [
    "Open caseload by week", "Contacts by week", "Risk level now", "Open cases per advocate"].map(drawn)
  const first = document.querySelector("#oldest tbody th")?.textContent
  if (!caseload || !contacts || !levels || !advocates || !first) return
  said = number
  window.__caseload = {
    stamp: ++stamp,
    caseload: Math.round(caseload.filter(({x, y, text}) => x && y && !text).reduce((all, one) => all + band(one), 0)),
    contacts: contacts.filter(({top, said}) => top && !said).reduce((all, one) => all + sum(one.top) - sum(one.bottom), 0),
    levels: sum(levels.find(({name}) => name === "values").x),
    advocates: sum(advocates.find(({name}) => name === "values").x),
    first_case: Number(first),
  }
  place.dataset.renderStamp = stamp
}
document.addEventListener("caselight:drawn", ({detail}) => say(detail)) // the first time
document.addEventListener("DOMContentLoaded", () => {
  const {apply} = paper
  paper.apply = (news) => { apply(news); say(paper) }
})
