/** Phone first; contrast at least 4.5 to 1; the state is a word, never colour alone. */
export const stylesheet = `
:root { color-scheme: light; font: 16px/1.5 system-ui, 'Noto Sans KR', sans-serif; color: #1c2430; background: #f4f1ea; }
body { margin: 0; } nav { text-align: right; padding: .75rem 1rem 0; } main { max-width: 34rem; margin: 0 auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; } a { color: #1d4f91; }
ul { list-style: none; margin: 0; padding: 0; background: #fff; border-radius: 14px; overflow: hidden; }
li { display: grid; grid-template-columns: 1fr auto auto; gap: .75rem; align-items: center; padding: .75rem 1rem; } li + li { border-top: 1px solid #e6e1d6; }
.price { font-variant-numeric: tabular-nums; white-space: nowrap; }
button, .button { font: inherit; font-weight: 600; border: 0; border-radius: 10px; padding: .6rem 1rem; min-height: 44px; background: #1d4f91; color: #fff; cursor: pointer; text-decoration: none; display: inline-block; box-sizing: border-box; }
button:focus-visible, a:focus-visible { outline: 3px solid #d98200; outline-offset: 2px; }
#state { font-size: 1.25rem; font-weight: 600; background: #fff; border-radius: 14px; padding: 1rem; } .item { font-size: 1.1rem; }
figure { margin: 1rem 0; } figure svg { width: 11rem; height: 11rem; background: #fff; border-radius: 10px; } figcaption, .note { color: #4a5361; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; } dt { color: #4a5361; } dd { margin: 0; font-variant-numeric: tabular-nums; }
`

/** Looks at the order each second and shows the page anew when its state has changed; silence of the network changes nothing. */
export const orderScript = `
const element = document.getElementById('state')
const look = async () => {
  try {
    const answer = await fetch('/api/orders/' + element.dataset.order)
    if (answer.ok && (await answer.json()).state !== element.dataset.state) return location.reload()
  } catch {}
  if (['captured', 'declined', 'expired', 'canceled', 'reversed'].includes(element.dataset.state)) return
  setTimeout(look, 1000)
}
look()
`
