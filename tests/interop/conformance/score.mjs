// Prints the score by tier of a run of the conformance suite (vitest's report as JSON), and ends with 1 unless all of tier 1
// passed, and of the others all that left_out.txt does not name.
// usage: node score.mjs REPORT LEFT_OUT
import { readFileSync } from 'node:fs'

const TIER_1 = 303
const [reportPath, leftOutPath] = process.argv.slice(2)

const leftOut = readFileSync(leftOutPath, 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => {
    const [path, title] = line.split(' : ')
    return { line, path, title, failures: 0 }
  })

function findLeftOut(path, title) {
  return leftOut.find(
    (entry) => (path === entry.path || path.startsWith(`${entry.path}/`)) && (!entry.title || entry.title === title),
  )
}

const complaints = []
const tiers = {}
for (const file of JSON.parse(readFileSync(reportPath, 'utf8')).testResults) {
  const path = file.name.split('/tests/').pop()
  if (file.assertionResults.length === 0) complaints.push(`${path}: no test was run: ${file.message}`)
  for (const test of file.assertionResults) {
    const tier = (tiers[path.split('/')[0]] ??= { passed: 0, failed: 0, leftOut: 0 })
    const entry = findLeftOut(path, test.title)
    if (test.status === 'passed') {
      tier.passed++
    } else if (entry) {
      tier.leftOut++
      entry.failures++
    } else {
      tier.failed++
      complaints.push(`${path}: ${test.title}: ${test.status}: ${test.failureMessages?.[0]?.split('\n')[0] ?? ''}`)
    }
  }
}

for (const [name, { passed, failed, leftOut: other }] of Object.entries(tiers).sort()) {
  const rest = other ? `, ${other} of operations that are not there` : ''
  console.log(`= ${name.replace('tier', 'tier ')}: ${passed} of ${passed + failed + other}, ${failed} failed${rest}`)
}
if (tiers.tier1?.passed !== TIER_1) complaints.push(`tier 1 has ${TIER_1} tests, of which ${tiers.tier1?.passed} passed`)
for (const entry of leftOut)
  if (entry.failures === 0) complaints.push(`${entry.line}: nothing of it fails any more: take it off the list`)
complaints.forEach((complaint) => console.log(complaint))
process.exit(complaints.length ? 1 : 0)
