DROP TABLE ledger_transfer
-- next
DROP TABLE ledger_group
-- next
DROP TABLE ledger_account
-- next
DROP TABLE ledger_chartline
-- next
DROP FUNCTION ledger_group_guard()
-- next
DROP FUNCTION ledger_transfer_move()
-- next
DROP FUNCTION ledger_transfer_guard()
-- next
DROP FUNCTION ledger_account_guard()
-- next
DROP FUNCTION ledger_account_starts_empty()
-- next
DROP FUNCTION ledger_refuse_truncate()
-- next
DROP FUNCTION ledger_refuse_change()
-- next
DROP FUNCTION ledger_refuse(text)
