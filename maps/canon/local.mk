nobase_dist_pkgdata_DATA += \
	%reldir%/README \
	%reldir%/application_advice.tsv \
	%reldir%/blocks.tsv \
	%reldir%/batch.tsv \
	%reldir%/functional_ack.tsv \
	%reldir%/inventory.tsv \
	%reldir%/invoice.tsv \
	%reldir%/item.tsv \
	%reldir%/order.tsv \
	%reldir%/order_ack.tsv \
	%reldir%/order_change.tsv \
	%reldir%/payment.tsv \
	%reldir%/receipt.tsv \
	%reldir%/reject.tsv \
	%reldir%/return.tsv \
	%reldir%/shipment.tsv \
	%reldir%/shipment_order.tsv \
	%reldir%/snapshot.tsv \
	%reldir%/status_event.tsv \
	%reldir%/tender.tsv
