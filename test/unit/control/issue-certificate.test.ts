import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";

for (const keyType of ["ec", "rsa"] as const) {
  test(`an ${keyType} certificate is signed with its own key, and names what it is for`, () => {
    const names = ["acme.io", "*.acme.io", "127.0.0.1", "::1", "spiffe://acme.io/store"];
    const pair = issueCertificate({ commonName: "Acme", names, keyType });
    const certificate = new X509Certificate(pair.certificates);
    assert.equal(certificate.subject, "CN=Acme");
    assert.equal(certificate.ca, false);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.key)));
    assert.equal(certificate.publicKey.asymmetricKeyType, keyType);
    assert.ok(certificate.checkHost("acme.io") && certificate.checkHost("www.acme.io"));
    assert.ok(certificate.checkIP("127.0.0.1") && certificate.checkIP("::1"));
    assert.match(certificate.subjectAltName ?? "", /URI:spiffe:\/\/acme\.io\/store/);
    assert.ok(new Date(certificate.validFrom).getTime() < Date.now());
    assert.ok(new Date(certificate.validTo).getTime() > Date.now());
  });

  test(`an ${keyType} authority signs others`, () => {
    const issuer = issueCertificate({ commonName: "Acme CA", authority: true, keyType });
    const authority = new X509Certificate(issuer.certificates);
    const notAfter = Date.UTC(2020, 0, 2);
    const expired = issueCertificate({ commonName: "old", issuer, notBefore: Date.UTC(2020, 0, 1), notAfter });
    const certificate = new X509Certificate(expired.certificates);
    assert.equal(authority.ca, true);
    assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
    assert.equal(new Date(certificate.validTo).getTime(), notAfter);
  });
}

test("a certificate names the organizations of its subject before its common name", () => {
  const { certificates } = issueCertificate({ commonName: "alice", organizations: ["readers", "writers"] });
  assert.equal(new X509Certificate(certificates).subject, "O=readers\nO=writers\nCN=alice");
});
