# The shop's own part of the first boot: a stub that answers until the first revision is there.
# The load balancer encrypts up to the instance and does not verify it: the key need not leave, nor last.
openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 3650 \
  -subj /CN=shop -keyout /etc/tradewind/tls.key -out /etc/tradewind/tls.crt
chown root:shop /etc/tradewind/tls.key
chmod 0640 /etc/tradewind/tls.key

cat >/opt/tradewind/stub.py <<'END'
${Stub}
END

cat >/etc/systemd/system/shop-stub.service <<'END'
[Unit]
Description=Answers for the shop until its first revision is there
Conflicts=shop.service
After=network-online.target

[Service]
User=shop
ExecStart=/usr/bin/python3 /opt/tradewind/stub.py
Restart=always
NoNewPrivileges=yes
ProtectSystem=strict
END
systemctl daemon-reload
systemctl start shop-stub.service

# Started again at each boot, not enabled: of two enabled services in conflict systemd would start the stub, and
# an instance that has been in the warm pool would answer as if it had no shop.
cat >/var/lib/cloud/scripts/per-boot/shop-stub <<'END'
#!/bin/bash
[ -e /etc/systemd/system/shop.service ] || systemctl start shop-stub.service
END
chmod 0755 /var/lib/cloud/scripts/per-boot/shop-stub
