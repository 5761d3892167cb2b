# The certificate of the public address is renewed.
# shellcheck shell=sh disable=SC2154
begin() {
    # cert-manager makes another one at once where the Secret is gone.
    k delete secret "${CERTIFICATE:-platform-tls}"
}
