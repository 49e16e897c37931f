"""Accounts, organizations, memberships, services, old codes, sessions, staff grants and the audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('PENDING', 'UNVERIFIED', 'ACTIVE', 'SUSPENDED', 'CLOSED', 'ERASED', name='account_status', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('email_key', sa.Text(), nullable=True),
    sa.Column('email_undeliverable_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('given_name', sa.Text(), nullable=True),
    sa.Column('family_name', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('language', sa.Enum('fi', 'sv', 'en', name='language', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('preferred_language', sa.Text(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('password_set_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("(email IS NULL) = (status = 'ERASED')", name=op.f('ck_accounts_email_kept_until_erased')),
    sa.CheckConstraint("(email_key IS NULL) = (status = 'ERASED')", name=op.f('ck_accounts_email_key_kept_until_erased')),
    sa.CheckConstraint("email_key ~ '^[!-~]+@[!-~]+$' AND email_key !~ '[A-Z]'", name=op.f('ck_accounts_email_key_canonical')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts'))
    )
    op.create_index('uq_accounts_email_key_live', 'accounts', ['email_key'], unique=True, postgresql_where="status <> 'ERASED'")
    op.create_table('audit_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('result', sa.Enum('DONE', 'REFUSED', name='audit_result', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=True),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('request_id', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    op.create_index('ix_audit_entries_organization_id_id', 'audit_entries', ['organization_id', 'id'], unique=False)
    op.create_index('ix_audit_entries_subject_id_id', 'audit_entries', ['subject_id', 'id'], unique=False)
    op.create_table('organizations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('AWAITING_ADMINISTRATOR', 'ACTIVE', 'ADMINISTRATOR_VACANT', 'CLOSED', name='organization_status', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('register_status', sa.Enum('REGISTERED', 'LIQUIDATION', 'BANKRUPT', 'CEASED', name='register_status', native_enum=False, create_constraint=True), nullable=True),
    sa.Column('identifier_scheme', sa.Enum('BUSINESS_ID', 'EU_VAT', 'INTERNAL', name='identifier_scheme', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('identifier', sa.Text(), nullable=False),
    sa.Column('business_id', sa.Text(), sa.Computed("CASE WHEN identifier_scheme = 'BUSINESS_ID' THEN identifier END", persisted=True), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_sort_key', sa.Text(collation='C'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("identifier_scheme <> 'BUSINESS_ID' OR identifier ~ '^[0-9]{7}-[0-9]$'", name=op.f('ck_organizations_business_id_canonical')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organizations')),
    sa.UniqueConstraint('identifier_scheme', 'identifier', name=op.f('uq_organizations_identifier_scheme_identifier'))
    )
    op.create_index('ix_organizations_name_sort_key_id', 'organizations', ['name_sort_key', 'id'], unique=False)
    op.create_table('services',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('audience', sa.Enum('CONSUMER', 'BUSINESS', name='audience', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('name_fi', sa.Text(), nullable=False),
    sa.Column('name_sv', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9_]*$'", name=op.f('ck_services_code_shape')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_services')),
    sa.UniqueConstraint('code', name=op.f('uq_services_code'))
    )
    op.create_table('customer_numbers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('CUSTOMER', 'CONTRACT', name='customer_number_kind', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_customer_numbers_organization_id_organizations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_numbers')),
    sa.UniqueConstraint('organization_id', 'kind', 'number', name=op.f('uq_customer_numbers_organization_id_kind_number'))
    )
    op.create_table('email_confirmations',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_email_confirmations_account_id_accounts')),
    sa.PrimaryKeyConstraint('account_id', 'email_key', name=op.f('pk_email_confirmations'))
    )
    op.create_table('legacy_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('code_key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('PERSON', 'SHARED', 'SYSTEM', name='legacy_code_kind', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('status', sa.Enum('LINK_PENDING', 'NEEDS_EMAIL', 'IN_REVIEW', 'ORGANIZATION_UNRESOLVED', 'SPLIT_PENDING', 'SYSTEM', name='legacy_code_status', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('service_role', sa.Enum('USER', 'SERVICE_ADMINISTRATOR', name='service_role', native_enum=False, create_constraint=True), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('proof_scheme', sa.Text(), nullable=True),
    sa.Column('proof_settings', sa.Text(), nullable=True),
    sa.Column('proof_hash', sa.Text(), nullable=True),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_legacy_codes_account_id_accounts')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_legacy_codes_organization_id_organizations')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_legacy_codes_service_id_services')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legacy_codes')),
    sa.UniqueConstraint('service_id', 'code_key', name=op.f('uq_legacy_codes_service_id_code_key'))
    )
    op.create_index('ix_legacy_codes_account_id_id', 'legacy_codes', ['account_id', 'id'], unique=False)
    op.create_index('ix_legacy_codes_organization_id_id', 'legacy_codes', ['organization_id', 'id'], unique=False)
    op.create_table('memberships',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('ADMINISTRATOR', 'USER_MANAGER', 'MEMBER', name='role', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('status', sa.Enum('DORMANT', 'ACTIVE', 'ENDED', name='membership_status', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("(ended_at IS NOT NULL) = (status = 'ENDED')", name=op.f('ck_memberships_ended_at_dates_the_end')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_memberships_account_id_accounts')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_memberships_organization_id_organizations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_memberships'))
    )
    op.create_index('ix_memberships_account_id_id', 'memberships', ['account_id', 'id'], unique=False)
    op.create_index('ix_memberships_organization_id_id', 'memberships', ['organization_id', 'id'], unique=False)
    op.create_index('uq_memberships_live', 'memberships', ['account_id', 'organization_id'], unique=True, postgresql_where="status <> 'ENDED'")
    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('transport', sa.Enum('COOKIE', 'TOKEN', name='transport', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('cookie_hash', sa.LargeBinary(), nullable=True),
    sa.Column('access_hash', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(access_hash IS NOT NULL) = (transport = 'TOKEN')", name=op.f('ck_sessions_access_for_token_transport')),
    sa.CheckConstraint("(cookie_hash IS NOT NULL) = (transport = 'COOKIE')", name=op.f('ck_sessions_cookie_for_cookie_transport')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_sessions_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('access_hash', name=op.f('uq_sessions_access_hash')),
    sa.UniqueConstraint('cookie_hash', name=op.f('uq_sessions_cookie_hash'))
    )
    op.create_index('ix_sessions_account_id_id', 'sessions', ['account_id', 'id'], unique=False)
    op.create_table('staff_grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('SUPPORT', 'RENEWAL_OPERATOR', 'AUDITOR', name='staff_role', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('granted_by', sa.Text(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_staff_grants_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_grants'))
    )
    op.create_index('uq_staff_grants_live', 'staff_grants', ['account_id', 'role'], unique=True, postgresql_where='revoked_at IS NULL')
    op.create_table('service_accesses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('USER', 'SERVICE_ADMINISTRATOR', name='service_role', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['membership_id'], ['memberships.id'], name=op.f('fk_service_accesses_membership_id_memberships')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_service_accesses_organization_id_organizations')),
    sa.ForeignKeyConstraint(['service_id'], ['services.id'], name=op.f('fk_service_accesses_service_id_services')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_accesses'))
    )
    op.create_index('ix_service_accesses_membership_id_id', 'service_accesses', ['membership_id', 'id'], unique=False)
    op.create_index('uq_service_accesses_live', 'service_accesses', ['membership_id', 'service_id'], unique=True, postgresql_where='ended_at IS NULL')
    op.create_table('service_access_customer_numbers',
    sa.Column('service_access_id', sa.Uuid(), nullable=False),
    sa.Column('customer_number_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['customer_number_id'], ['customer_numbers.id'], name=op.f('fk_service_access_customer_numbers_customer_number_id_customer_numbers')),
    sa.ForeignKeyConstraint(['service_access_id'], ['service_accesses.id'], name=op.f('fk_service_access_customer_numbers_service_access_id_service_accesses')),
    sa.PrimaryKeyConstraint('service_access_id', 'customer_number_id', name=op.f('pk_service_access_customer_numbers'))
    )


def downgrade() -> None:
    op.drop_table('service_access_customer_numbers')
    op.drop_index('uq_service_accesses_live', table_name='service_accesses', postgresql_where='ended_at IS NULL')
    op.drop_index('ix_service_accesses_membership_id_id', table_name='service_accesses')
    op.drop_table('service_accesses')
    op.drop_index('uq_staff_grants_live', table_name='staff_grants', postgresql_where='revoked_at IS NULL')
    op.drop_table('staff_grants')
    op.drop_index('ix_sessions_account_id_id', table_name='sessions')
    op.drop_table('sessions')
    op.drop_index('uq_memberships_live', table_name='memberships', postgresql_where="status <> 'ENDED'")
    op.drop_index('ix_memberships_organization_id_id', table_name='memberships')
    op.drop_index('ix_memberships_account_id_id', table_name='memberships')
    op.drop_table('memberships')
    op.drop_index('ix_legacy_codes_organization_id_id', table_name='legacy_codes')
    op.drop_index('ix_legacy_codes_account_id_id', table_name='legacy_codes')
    op.drop_table('legacy_codes')
    op.drop_table('email_confirmations')
    op.drop_table('customer_numbers')
    op.drop_table('services')
    op.drop_index('ix_organizations_name_sort_key_id', table_name='organizations')
    op.drop_table('organizations')
    op.drop_index('ix_audit_entries_subject_id_id', table_name='audit_entries')
    op.drop_index('ix_audit_entries_organization_id_id', table_name='audit_entries')
    op.drop_table('audit_entries')
    op.drop_index('uq_accounts_email_key_live', table_name='accounts', postgresql_where="status <> 'ERASED'")
    op.drop_table('accounts')
