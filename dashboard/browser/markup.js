// Markup that the server made and escaped, and where the focus goes in it. Nothing here makes markup of its own.

const UNWANTED = "script,iframe,frame,object,embed,link,meta,base,form,style"
const BLANKS = /[\u0000-\u0020]/g // a browser ignores them inside "java script:"
const RUNS = /^(javascript|data|vbscript):/i
const WAIT = 300 // milliseconds before a person is told that the answer takes time
const AGAIN = 5000 // milliseconds between two questions whether the server is back
const SELDOM = 60000 // a page that loses its link each time must not load itself for ever
const RELOADED = "caselight.reloaded"
const SCHEME = "caselight-scheme" // a cookie, so that the server draws the pictures in the right colours at once
// Paper is light: a dark picture is turned round for it, and brightened until its paper is white.
const PRINTED = "invert(1) hue-rotate(180deg) brightness(1.13)"
const TYPING = 900 // a date field changes at every digit; wait until the person has finished

// The server escapes every string of the database. This is the second lock: nothing that could run is let in.
function cleaned(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  for (const node of template.content.querySelectorAll(UNWANTED)) node.remove()
  for (const node of template.content.querySelectorAll("*")) {
    for (const name of node.getAttributeNames()) {
      if (/^on/i.test(name)) node.removeAttribute(name)
      else {
        const value = node.getAttribute(name)
        if (value.includes(":") && RUNS.test(value.replace(BLANKS, ""))) node.removeAttribute(name)
      }
    }
  }
  return template.content
}

// What a person typed, ticked or chose counts no more once the server has answered.
const HELD = "input, select, textarea"
const answered = (old, next) => {
  old.value = next.value
  old.checked = next.checked
}

const TOLD_APART = ["id", "type", "data-slot", "data-picture"]
const sameThing = (old, next) => old.nodeType === next.nodeType && old.nodeName === next.nodeName
  && (next.nodeType !== Node.ELEMENT_NODE || TOLD_APART.every((name) => old.getAttribute(name) === next.getAttribute(name)))

// Makes a place hold what came. What is alike stays: a browser styles and lays out only what is new, and a picture
// that is taken out and put back in is measured again. Slots and pictures are filled by others.
function lay(place, content) {
  const had = [...place.childNodes], comes = [...content.childNodes]
  for (const old of had.slice(comes.length)) old.remove()
  comes.forEach((next, i) => {
    const old = had[i]
    if (!old) place.append(next)
    else if (!sameThing(old, next)) old.replaceWith(next)
    else if (next.nodeType !== Node.ELEMENT_NODE) { if (old.data !== next.data) old.data = next.data }
    else if (!old.matches("[data-picture]")) {
      // What somebody opened stays open where it has a name.
      for (const {name} of [...old.attributes]) {
        if (!next.hasAttribute(name) && !(name === "open" && old.id)) old.removeAttribute(name)
      }
      for (const {name, value} of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
      if (!old.matches("[data-slot]")) lay(old, next)
      if (old.matches(HELD)) answered(old, next)
    }
  })
}

const mainOf = (box) => box.closest("[data-paper]")?.querySelector("[role=main]") ?? null

// Focusable only while it has the focus: the Tab key passes by all that a host with tabindex -1 holds.
function enter(main) {
  if (!main) return
  main.tabIndex = -1
  main.focus()
  main.addEventListener("blur", () => main.removeAttribute("tabindex"), {once: true})
}

// The visible link that opened a list, in whichever sheet of the page it stands.
const opener = (main, name) =>
  [...main?.querySelectorAll("[data-list]") ?? []].find((node) => node.dataset.list === name && node.checkVisibility())
