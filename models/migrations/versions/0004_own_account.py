"""Sign-ups, resets, changes of address, closures, tasks, devices, refresh tokens and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_closures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('undo_hash', sa.LargeBinary(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('erase_after', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_closures_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_closures')),
    sa.UniqueConstraint('undo_hash', name=op.f('uq_account_closures_undo_hash'))
    )
    op.create_index('uq_account_closures_open', 'account_closures', ['account_id'], unique=True, postgresql_where='undone_at IS NULL AND erased_at IS NULL')
    op.create_table('devices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_devices_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_devices')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_devices_secret_hash'))
    )
    op.create_index(op.f('ix_devices_account_id'), 'devices', ['account_id'], unique=False)
    op.create_table('email_changes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('old_email', sa.Text(), nullable=False),
    sa.Column('old_email_key', sa.Text(), nullable=False),
    sa.Column('new_email', sa.Text(), nullable=False),
    sa.Column('new_email_key', sa.Text(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('undo_hash', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undo_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_email_changes_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_changes')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_email_changes_secret_hash')),
    sa.UniqueConstraint('undo_hash', name=op.f('uq_email_changes_undo_hash'))
    )
    op.create_index('uq_email_changes_open', 'email_changes', ['account_id'], unique=True, postgresql_where='confirmed_at IS NULL AND ended_at IS NULL')
    op.create_table('email_proofs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consumed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_email_proofs_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_proofs')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_email_proofs_secret_hash'))
    )
    op.create_index('uq_email_proofs_open', 'email_proofs', ['account_id'], unique=True, postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.create_table('messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('letter', sa.Text(), nullable=False),
    sa.Column('language', sa.Enum('fi', 'sv', 'en', name='language', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('secrets', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('verification_code', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('WAITING', 'SENDING', 'SENT', 'DOUBTFUL', 'FAILED', name='message_status', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('send_after', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sending_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_messages_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('verification_code', name=op.f('uq_messages_verification_code'))
    )
    op.create_index('ix_messages_account_id_id', 'messages', ['account_id', 'id'], unique=False)
    op.create_index('ix_messages_due', 'messages', ['send_after'], unique=False, postgresql_where="status = 'WAITING'")
    op.create_table('password_resets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('password_set_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consumed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_password_resets_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_resets')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_password_resets_secret_hash'))
    )
    op.create_index('uq_password_resets_open', 'password_resets', ['account_id'], unique=True, postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.create_table('sign_ups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('email_key', sa.Text(), nullable=False),
    sa.Column('display_name', sa.Text(), nullable=False),
    sa.Column('language', sa.Enum('fi', 'sv', 'en', name='language', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consumed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_sign_ups_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ups')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_sign_ups_secret_hash'))
    )
    op.create_index('uq_sign_ups_open', 'sign_ups', ['account_id'], unique=True, postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.create_table('tasks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('CONFIRM_EMAIL', 'SET_NEW_PASSWORD', 'CHOOSE_OWN_EMAIL', 'CONFIRM_MEMBERSHIP', name='task_kind', native_enum=False, create_constraint=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_tasks_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks'))
    )
    op.create_index('uq_tasks_open', 'tasks', ['account_id', 'kind'], unique=True, postgresql_where='done_at IS NULL')
    op.create_table('refresh_tokens',
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_refresh_tokens_session_id_sessions')),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_refresh_tokens'))
    )
    op.create_index('uq_refresh_tokens_live', 'refresh_tokens', ['session_id'], unique=True, postgresql_where='replaced_at IS NULL')
    op.add_column('sessions', sa.Column('access_expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('sessions', sa.Column('refresh_key', sa.LargeBinary(), nullable=True))
    op.add_column('sessions', sa.Column('device_id', sa.Uuid(), nullable=True))
    op.add_column('sessions', sa.Column('user_agent', sa.Text(), nullable=True))
    op.add_column('sessions', sa.Column('network', sa.Text(), nullable=True))
    op.add_column('sessions', sa.Column('reauthenticated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False))
    op.create_foreign_key(op.f('fk_sessions_device_id_devices'), 'sessions', 'devices', ['device_id'], ['id'])


def downgrade() -> None:
    op.drop_constraint(op.f('fk_sessions_device_id_devices'), 'sessions', type_='foreignkey')
    op.drop_column('sessions', 'reauthenticated_at')
    op.drop_column('sessions', 'network')
    op.drop_column('sessions', 'user_agent')
    op.drop_column('sessions', 'device_id')
    op.drop_column('sessions', 'refresh_key')
    op.drop_column('sessions', 'access_expires_at')
    op.drop_index('uq_refresh_tokens_live', table_name='refresh_tokens', postgresql_where='replaced_at IS NULL')
    op.drop_table('refresh_tokens')
    op.drop_index('uq_tasks_open', table_name='tasks', postgresql_where='done_at IS NULL')
    op.drop_table('tasks')
    op.drop_index('uq_sign_ups_open', table_name='sign_ups', postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.drop_table('sign_ups')
    op.drop_index('uq_password_resets_open', table_name='password_resets', postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.drop_table('password_resets')
    op.drop_index('ix_messages_due', table_name='messages', postgresql_where="status = 'WAITING'")
    op.drop_index('ix_messages_account_id_id', table_name='messages')
    op.drop_table('messages')
    op.drop_index('uq_email_proofs_open', table_name='email_proofs', postgresql_where='consumed_at IS NULL AND ended_at IS NULL')
    op.drop_table('email_proofs')
    op.drop_index('uq_email_changes_open', table_name='email_changes', postgresql_where='confirmed_at IS NULL AND ended_at IS NULL')
    op.drop_table('email_changes')
    op.drop_index(op.f('ix_devices_account_id'), table_name='devices')
    op.drop_table('devices')
    op.drop_index('uq_account_closures_open', table_name='account_closures', postgresql_where='undone_at IS NULL AND erased_at IS NULL')
    op.drop_table('account_closures')
