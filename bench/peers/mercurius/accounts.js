// The schema's part that the two questions touch, with the same rules: who may read what is asked of the viewer's roles.
'use strict'

const { createHash } = require('node:crypto')
const sql = require('./sql')

const LARGEST_PAGE = 100
const READ = new Set(['MEMBER', 'USER_MANAGER', 'ADMINISTRATOR'])
const READ_MEMBERS = new Set(['USER_MANAGER', 'ADMINISTRATOR'])
const READ_CONTACTS = READ_MEMBERS
const ALL_ORGANIZATIONS = new Set(['SUPPORT', 'RENEWAL_OPERATOR', 'AUDITOR'])
const ALL_ACCOUNTS = new Set(['SUPPORT', 'AUDITOR'])

const schema = `
enum Role { ADMINISTRATOR USER_MANAGER MEMBER }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Person { displayName: String! email: String }
type Organization {
  id: ID! name: String! businessId: String memberships(first: Int, after: String): MembershipConnection
}
type Account {
  id: ID! email: String! displayName: String! memberships(first: Int, after: String): MembershipConnection
}
type Membership { id: ID! role: Role! person: Person organization: Organization }
type MembershipEdge { cursor: String! node: Membership }
type MembershipConnection { edges: [MembershipEdge!]! pageInfo: PageInfo! }
type Query { me: Account organization(id: ID!): Organization }`

async function viewerOf (request, authorization) {
  if (!authorization) return null
  const hash = createHash('sha256').update(authorization.slice(7)).digest()
  const [row] = await sql.rows(request, 'viewer', sql.VIEWER, [hash])
  if (row === undefined) return null
  const own = { id: row.id, email: row.email, displayName: row.displayName }
  if (row.tasks) return { ...own, restricted: true, roles: new Map(), staffRoles: [] }
  const roles = new Map((row.organizations || []).map((organization, place) => [organization, row.roles[place]]))
  return { ...own, restricted: false, roles, staffRoles: row.staffRoles || [] }
}

const resolvers = {
  Query: {
    me: (_, __, { viewer }) => signedIn(viewer),
    organization: async (_, { id }, { viewer, request }) => {
      const identity = identityOf('02', id)
      const [found] = signedIn(viewer) && identity
        ? await sql.rows(request, 'organization', sql.ORGANIZATION, [identity])
        : []
      return found !== undefined && reaches(viewer, found.uuid) ? found : null
    }
  },
  Account: {
    id: (account) => globalId('01', account.id),
    memberships: async (account, { first, after }, { viewer, request }) => {
      if (viewer.restricted) throw new Error('First do what is open.')
      if (account.id !== viewer.id) throw new Error('Only the person themselves may do this.')
      const found = await page(request, 'own', sql.OWN_MEMBERSHIPS, account.id, first, after)
      return connection(found, first, (row) => ({
        uuid: row.id,
        role: row.role,
        person: { displayName: viewer.displayName, email: viewer.email },
        organization: READ.has(viewer.roles.get(row.organization_id))
          ? { uuid: row.organization_id, name: row.name, businessId: row.business_id }
          : null
      }))
    }
  },
  Organization: {
    id: (organization) => globalId('02', organization.uuid),
    memberships: async (organization, { first, after }, { viewer, request }) => {
      const role = viewer.roles.get(organization.uuid)
      if (!READ_MEMBERS.has(role) && !viewer.staffRoles.some((each) => ALL_ORGANIZATIONS.has(each))) {
        throw new Error('Ask an administrator of the organization for it.')
      }
      const contacts = READ_CONTACTS.has(role) || viewer.staffRoles.some((each) => ALL_ACCOUNTS.has(each))
      const found = await page(request, 'members', sql.MEMBERS, organization.uuid, first, after)
      return connection(found, first, (row) => ({
        uuid: row.id,
        role: row.role,
        person: { displayName: row.display_name, email: contacts || row.account_id === viewer.id ? row.email : null },
        organization
      }))
    }
  },
  Membership: { id: (membership) => globalId('03', membership.uuid) }
}

function signedIn (viewer) {
  if (viewer === null) throw new Error('Sign in to read this.')
  return viewer
}

function reaches (viewer, organization) {
  return READ.has(viewer.roles.get(organization)) || viewer.staffRoles.some((each) => ALL_ORGANIZATIONS.has(each))
}

function page (request, name, text, owner, first, after) {
  const limit = size(first) + 1
  if (after == null) return sql.rows(request, name, text.first, [owner, limit])
  const start = Buffer.from(after, 'base64url').toString('hex')
  return sql.rows(request, `${name} after`, text.after, [owner, limit, start])
}

function connection (found, first, node) {
  const rows = found.length > size(first) ? found.slice(0, size(first)) : found
  const last = rows.at(-1)
  return {
    edges: rows.map((row) => ({ node: node(row), get cursor () { return cursor(row.id) } })),
    pageInfo: { hasNextPage: found.length > rows.length, endCursor: last ? cursor(last.id) : null }
  }
}

function size (first) {
  return Math.min(first ?? 20, LARGEST_PAGE)
}

function globalId (kind, uuid) {
  return Buffer.from(`${kind}${uuid.replaceAll('-', '')}00`, 'hex').toString('base64url')
}

function identityOf (kind, id) {
  const packed = Buffer.from(id, 'base64url').toString('hex')
  return packed.startsWith(kind) ? packed.slice(2, 34) : null
}

function cursor (uuid) {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url')
}

module.exports = { schema, resolvers, viewerOf }
