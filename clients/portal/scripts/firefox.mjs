/** The short walk in Firefox, because Playwright drives only its own build of it: `node firefox.mjs <address> <firefox>
 * <user name> <password> <folder for pictures>`. Prints one line per error, and exits with 1 if there was one. */
import puppeteer from 'puppeteer-core'

const [address, program, name, password, folder] = process.argv.slice(2)
const problems = []
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: program,
  headless: true,
  extraPrefsFirefox: { 'intl.accept_languages': 'zh-CN' },
})
const page = await browser.newPage()
page.setDefaultTimeout(20_000)
// A page asks at its start whether its cookie holds a session; without one it gets an error.
const expected = /status of 401|sessions\/refresh/
page.on(
  'console',
  (one) => one.type() === 'error' && !expected.test(one.text()) && problems.push(`console: ${one.text()}`),
)
page.on('pageerror', (one) => problems.push(`exception: ${one instanceof Error ? one.message : String(one)}`))
page.on('response', (one) => one.status() >= 500 && problems.push(`answer: ${one.status()} ${one.url()}`))

const button = (label) => page.locator(`::-p-xpath(//button[normalize-space(.)='${label}'])`)
const heading = (text) => page.waitForSelector(`::-p-xpath(//h1[contains(., '${text}')])`)

const STEPS = {
  async 'signs in'() {
    await page.setViewport({ width: 1440, height: 900 })
    await page.goto(`${address}/`)
    await page.locator('input[autocomplete=username]').fill(name)
    await page.locator('input[type=password]').fill(password)
    await button('登录').click()
    await page.waitForSelector('nav')
  },
  async 'lists the instruments'() {
    await page.goto(`${address}/instruments/all`)
    await heading('全部仪器')
    await page.waitForSelector('.el-table__body tr')
  },
  async 'keeps the session when the page is loaded anew'() {
    await page.reload()
    await page.waitForSelector('.el-table__body tr')
  },
  async 'shows one of them'() {
    await page.locator('.el-table__body tr a').click()
    await page.waitForFunction(() => /\/instruments\/[0-9a-f-]{36}/.test(location.pathname))
    await page.waitForSelector('[role=tab]')
  },
  async 'names what is missing in a form'() {
    await page.goto(`${address}/instruments/add`)
    await heading('添加')
    await button('保存').click()
    await page.waitForSelector('.el-form-item__error, [role=alert]')
  },
  async 'fits a phone'() {
    await page.setViewport({ width: 390, height: 844 })
    await page.goto(`${address}/home`)
    await page.waitForSelector('h1')
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width > 390) problems.push(`the home page is ${width} px wide on a phone of 390`)
  },
}

for (const [what, step] of Object.entries(STEPS)) {
  try {
    await step()
  } catch (error) {
    problems.push(`${what}: ${error.message}`)
    await page.screenshot({ path: `${folder}/firefox-${what.replaceAll(' ', '-')}.png` })
  }
}
await page.screenshot({ path: `${folder}/firefox-home-390.png` })
await browser.close()
for (const one of problems) console.log(one)
process.exit(problems.length ? 1 : 0)
