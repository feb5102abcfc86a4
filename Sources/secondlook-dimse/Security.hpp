#pragma once

#include <memory>
#include <string>

class DcmTLSTransportLayer;

/// Which files make a connection secure; all of them PEM.
struct SecurityFiles {
  std::string certificate;  ///< this side's, perhaps with the chain up to an authority
  std::string key;          ///< of the certificate, without a password
  std::string authorities;  ///< whom the peer's certificate has to come from

  bool areGiven() const { return !(certificate + key + authorities).empty(); }
};

/// Reads the files into a layer of TLS 1.2 and later with the ciphers of BCP 195 (PS3.15 B.9).
///
/// A receiver shows its certificate; with authorities the caller has to show one too. A caller has
/// to name the authorities, for a certificate that nobody vouches for is no security; it shows its
/// own certificate if it has one. Host names are not compared: in DICOM the authority is the
/// hospital's own.
/// Throws Problem with what to do.
std::unique_ptr<DcmTLSTransportLayer> security(const SecurityFiles &files, bool isReceiver);
