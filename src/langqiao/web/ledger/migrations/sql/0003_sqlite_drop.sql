DROP TRIGGER ledger_group_touch
-- next
DROP TABLE ledger_touch
-- next
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_id)
-- next
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_id)
