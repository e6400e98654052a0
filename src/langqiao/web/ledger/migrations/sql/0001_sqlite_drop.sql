DROP TABLE ledger_transfer
-- next
DROP TABLE ledger_group
-- next
DROP TABLE ledger_account
-- next
DROP TABLE ledger_chartline
