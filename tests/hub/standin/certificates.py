"""A certificate authority made for one test run, by openssl(1)."""
import os
import ssl
import subprocess


def _openssl(*argv):
    subprocess.run(["openssl", *argv], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Authority:
    """Gives certificates; `path` is its own, that clients are to trust."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.path, self._made = folder, f"{folder}/ca.pem", {}
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-subj", "/CN=A stand-in's authority", "-keyout", f"{folder}/ca.key", "-out", self.path,
                 "-addext", "keyUsage=critical,keyCertSign", "-addext", "basicConstraints=critical,CA:TRUE")

    def context(self, *names, days=2):
        """A server's TLS for these host names and addresses; with days below zero its certificate has expired."""
        if (names, days) not in self._made:
            self._made[names, days] = self._make(names, days)
        return self._made[names, days]

    def _make(self, names, days):
        stem = f"{self.folder}/{names[0]}"
        kinds = [f"{'IP' if name[0].isdigit() else 'DNS'}:{name}" for name in names]
        with open(f"{stem}.ext", "w") as extensions:
            extensions.write(f"subjectAltName={','.join(kinds)}\nbasicConstraints=CA:FALSE\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-subj", f"/CN={names[0]}", "-keyout", f"{stem}.key", "-out", f"{stem}.csr")
        _openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", self.path, "-CAkey", f"{self.folder}/ca.key",
                 "-CAcreateserial", "-days", str(days), "-extfile", f"{stem}.ext", "-out", f"{stem}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
        return context
