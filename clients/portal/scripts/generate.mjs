// Generates the typed clients from the OpenAPI snapshots of the five services, and the rules from contracts/reference. Each
// build does it, and they are never committed, so that a page that does not match a service fails to compile.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const SERVICES = ['identity', 'registry', 'filing', 'booking', 'notification']
const snapshots = new URL('../../../contracts/openapi/', import.meta.url)
const RULES = ['views', 'filing-states', 'booking-states', 'instrument-fields', 'booking-number']
const ABOUT = ['version', 'source', 'notes']
const reference = new URL('../../../contracts/reference/', import.meta.url)
const generated = new URL('../src/api/generated/', import.meta.url)

await mkdir(generated, { recursive: true })
for (const service of SERVICES) {
  const text = await readFile(new URL(`${service}.json`, snapshots), 'utf8')
  const types = await openapiTS(JSON.parse(text), { defaultNonNullable: false })
  await writeFile(new URL(`${service}.ts`, generated), astToString(types))
}

const tables = RULES.map(async (name) => {
  const { title, ...document } = JSON.parse(await readFile(new URL(`${name}.json`, reference), 'utf8'))
  const table = Object.fromEntries(Object.entries(document).filter(([key]) => !ABOUT.includes(key)))
  const exported = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  return `/** ${title} */\nexport const ${exported} = ${JSON.stringify(table)} as const\n`
})
await writeFile(new URL('rules.ts', generated), (await Promise.all(tables)).join('\n'))
