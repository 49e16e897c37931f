// The statements, each prepared once a connection, and the pool they run on.
'use strict'

const { Pool } = require('pg')

const { searchParams, pathname, username } = new URL(process.env.DATABASE_URL.replace('@/', '@socket/'))
const pool = new Pool({
  host: searchParams.get('host'),
  port: Number(searchParams.get('port')),
  user: username,
  database: pathname.slice(1),
  max: 10,
  min: 10,
  idleTimeoutMillis: 0,
  options: '-c statement_timeout=3000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=5000',
  query_timeout: 5000
})

async function rows (request, name, text, values) {
  request.statements += 1
  return (await pool.query({ name, text, values })).rows
}

const VIEWER = `
SELECT a.id, a.email, a.display_name AS "displayName", held.organizations, held.roles, granted."staffRoles", opened.tasks
FROM sessions s JOIN accounts a ON a.id = s.account_id
JOIN LATERAL (SELECT array_agg(organization_id) AS organizations, array_agg(role) AS roles
    FROM memberships WHERE account_id = a.id AND status = 'ACTIVE') held ON true
JOIN LATERAL (SELECT array_agg(role) AS "staffRoles"
    FROM staff_grants WHERE account_id = a.id AND revoked_at IS NULL) granted ON true
JOIN LATERAL (SELECT array_agg(kind ORDER BY opened_at, id) AS tasks
    FROM tasks WHERE account_id = a.id AND done_at IS NULL) opened ON true
WHERE s.access_hash = $1 AND s.ended_at IS NULL AND s.expires_at > now() AND a.status = 'ACTIVE'
    AND coalesce(s.access_expires_at, s.expires_at) > now()`

const ORGANIZATION = 'SELECT id AS uuid, name, business_id AS "businessId" FROM organizations WHERE id = $1'

const OWN_MEMBERSHIPS = pages(`
SELECT m.id, m.role, m.organization_id, o.name, o.business_id
FROM memberships m JOIN organizations o ON o.id = m.organization_id
WHERE m.account_id = $1 AND m.status <> 'ENDED'`)

const MEMBERS = pages(`
SELECT m.id, m.role, m.account_id, a.display_name, a.email
FROM memberships m JOIN accounts a ON a.id = m.account_id
WHERE m.organization_id = $1 AND m.status <> 'ENDED'`)

function pages (select) {
  const order = 'ORDER BY m.id LIMIT $2'
  return { first: `${select} ${order}`, after: `${select} AND m.id > $3 ${order}` }
}

module.exports = { rows, VIEWER, ORGANIZATION, OWN_MEMBERSHIPS, MEMBERS }
