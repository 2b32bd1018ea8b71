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
    for (const {name, value} of [...node.attributes]) {
      if (/^on/i.test(name) || RUNS.test(value.replace(BLANKS, ""))) node.removeAttribute(name)
    }
  }
  return template.content
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
