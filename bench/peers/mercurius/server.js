// fastify and mercurius with its JIT, after one execution; the log line has the fields that our own server writes.
'use strict'

const { randomUUID } = require('node:crypto')
const Fastify = require('fastify')
const mercurius = require('mercurius')
const { schema, resolvers, viewerOf } = require('./accounts')

const app = Fastify({ logger: { base: undefined }, disableRequestLogging: true, genReqId: () => randomUUID() })

app.decorateRequest('statements', 0)
app.decorateRequest('viewer', null)
app.addHook('onSend', async (request, reply) => {
  reply.headers({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-request-id': request.id
  })
})
app.addHook('onResponse', async (request, reply) => {
  app.log.info({
    request_id: request.id,
    method: request.method,
    path: request.url,
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 100) / 100,
    statements: request.statements,
    signed_in: request.viewer !== null,
    operation_type: 'query',
    operation: request.body.operationName
  }, 'request')
})
app.register(mercurius, {
  schema,
  resolvers,
  jit: 1,
  graphiql: false,
  context: async (request) => {
    request.viewer = await viewerOf(request, request.headers.authorization)
    return { request, viewer: request.viewer }
  }
})
app.listen({ port: Number(process.env.OMAPOSTI_PORT), host: '127.0.0.1' })
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => app.close().then(() => process.exit(0)))
