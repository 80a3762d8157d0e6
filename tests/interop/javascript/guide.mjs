// What the SDK's DynamoDB examples do; every answer is compared. The endpoint comes from the environment.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import {
  CreateTableCommand, DeleteTableCommand, DescribeEndpointsCommand, DescribeTableCommand, DynamoDBClient,
  ListTablesCommand, waitUntilTableExists, waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand,
  UpdateCommand, paginateQuery, paginateScan,
} from '@aws-sdk/lib-dynamodb'

const client = new DynamoDBClient({ maxAttempts: 1 })
const documents = DynamoDBDocumentClient.from(client)
const TableName = 'planets'
let checks = 0
const same = (got, wanted) => { checks++; assert.deepEqual(got, wanted) }
const fails = async (name, command) => {
  checks++
  await assert.rejects(documents.send(command), error => error.name === name && error.$metadata.httpStatusCode === 400)
}

async function makeTable() {
  await client.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'system', KeyType: 'HASH' }, { AttributeName: 'position', KeyType: 'RANGE' }],
    AttributeDefinitions: [
      { AttributeName: 'system', AttributeType: 'S' }, { AttributeName: 'position', AttributeType: 'N' },
      { AttributeName: 'kind', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [{
      IndexName: 'by_kind', Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
      KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }, { AttributeName: 'position', KeyType: 'RANGE' }],
    }],
  }))
  same((await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName })).state, 'SUCCESS')
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  same(Table.GlobalSecondaryIndexes[0].IndexStatus, 'ACTIVE')
  assert(Table.CreationDateTime instanceof Date && Math.abs(Table.CreationDateTime - Date.now()) < 60000)
  same((await client.send(new ListTablesCommand({}))).TableNames, [TableName])
}

async function oneItem() {
  const Key = { system: 'Sun', position: 3 }
  const Item = {
    ...Key, name: 'Earth', kind: 'rocky', moons: ['Moon'], facts: { water: true, rings: null, radius: 6371.0084 },
    tags: new Set(['blue', 'home']), codes: new Set([1, 2, 3]), bytes: new Uint8Array([0, 255, 10]), emoji: '🌍',
  }
  await documents.send(new PutCommand({ TableName, Item }))
  same((await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item, Item)
  const updated = await documents.send(new UpdateCommand({
    TableName, Key, ReturnValues: 'UPDATED_NEW',
    UpdateExpression: 'SET facts.#r = :r, moons = list_append(moons, :m) DELETE tags :t',
    ExpressionAttributeNames: { '#r': 'radius' },
    ExpressionAttributeValues: { ':r': 6371, ':m': ['Luna 2'], ':t': new Set(['blue']) },
  }))
  same(updated.Attributes, { facts: { radius: 6371 }, moons: ['Moon', 'Luna 2'], tags: new Set(['home']) })
  await fails('ConditionalCheckFailedException', new PutCommand({
    TableName, Item: Key, ConditionExpression: 'attribute_not_exists(#p)', ExpressionAttributeNames: { '#p': 'position' },
  }))
  await fails('ValidationException', new UpdateCommand({ TableName, Key, UpdateExpression: 'SET position = :p',
    ExpressionAttributeValues: { ':p': 4 } }))
  await fails('ResourceNotFoundException', new GetCommand({ TableName: 'stars', Key }))
  const old = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }))
  same(old.Attributes.moons, ['Moon', 'Luna 2'])
}

async function manyItems() {
  const all = Array.from({ length: 100 }, (_, i) => ({
    system: `s${i % 5}`, position: i, kind: i % 3 ? 'gas' : 'rocky', name: `planet ${i}`, filler: 'x'.repeat(20000),
  }))
  for (let i = 0; i < 100; i += 25)
    same((await documents.send(new BatchWriteCommand({
      RequestItems: { [TableName]: all.slice(i, i + 25).map(Item => ({ PutRequest: { Item } })) },
    }))).UnprocessedItems, {})
  const { Responses } = await documents.send(new BatchGetCommand({
    RequestItems: { [TableName]: { Keys: all.map(({ system, position }) => ({ system, position })).slice(0, 40) } },
  }))
  same(Responses[TableName].map(item => item.position).sort((a, b) => a - b), all.slice(0, 40).map(i => i.position))
  let count = 0, pages = 0
  for await (const page of paginateScan({ client: documents }, { TableName })) {
    count += page.Items.length
    pages++
  }
  same([count, pages], [100, 2])
  const names = []
  for await (const page of paginateQuery({ client: documents, pageSize: 3 }, {
    TableName, IndexName: 'by_kind', KeyConditionExpression: 'kind = :k AND #p BETWEEN :a AND :b',
    ExpressionAttributeNames: { '#p': 'position' }, ExpressionAttributeValues: { ':k': 'rocky', ':a': 10, ':b': 30 },
  })) names.push(...page.Items.map(item => item.name))
  same(names, [12, 15, 18, 21, 24, 27, 30].map(i => `planet ${i}`))
  const last = await documents.send(new QueryCommand({
    TableName, KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'system' }, Limit: 1,
    ExpressionAttributeValues: { ':s': 's2' }, ScanIndexForward: false,
  }))
  same(last.Items[0].position, 97)
  let nines = 0
  for await (const page of paginateScan({ client: documents }, { TableName, Select: 'COUNT',
    FilterExpression: 'contains(#n, :n)', ExpressionAttributeNames: { '#n': 'name' },
    ExpressionAttributeValues: { ':n': '9' } })) nines += page.Count
  same(nines, 19)
  await Promise.all(Array.from({ length: 64 }, (_, i) => documents.send(new UpdateCommand({
    TableName, Key: { system: 'shared', position: 0 }, UpdateExpression: 'ADD n :i', ExpressionAttributeValues: { ':i': i },
  }))))
  same((await documents.send(new GetCommand({ TableName, Key: { system: 'shared', position: 0 } }))).Item.n, 2016)
}

await makeTable()
await oneItem()
await manyItems()
same((await client.send(new DescribeEndpointsCommand({}))).Endpoints.length, 1)
await client.send(new DeleteTableCommand({ TableName }))
same((await waitUntilTableNotExists({ client, maxWaitTime: 60 }, { TableName })).state, 'SUCCESS')
const { version } = createRequire(import.meta.url)('@aws-sdk/client-dynamodb/package.json')
console.log(`= AWS SDK for JavaScript ${version}, ${process.argv[2]}: ${checks} answers as expected`)
