#include "Security.hpp"

#include "Problem.hpp"
#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmtls/tlslayer.h"

std::unique_ptr<DcmTLSTransportLayer> security(const SecurityFiles &files, bool isReceiver) {
  require(files.certificate.empty() == files.key.empty(),
          "A certificate needs its key and a key its certificate: give --certificate and --key.");
  require(isReceiver ? !files.certificate.empty() : !files.authorities.empty(),
          isReceiver ? "A receiver with TLS needs --certificate and --key."
                     : "TLS needs --authorities: whom the peer's certificate has to come from.");

  auto layer = std::make_unique<DcmTLSTransportLayer>(
      isReceiver ? NET_ACCEPTOR : NET_REQUESTOR, nullptr, OFTrue);
  require(bool(*layer), "TLS could not be started.");
  require(layer->setTLSProfile(TSP_Profile_BCP195).good() && layer->activateCipherSuites().good(),
          "This OpenSSL has none of the ciphers that BCP 195 recommends.");
  if (!files.certificate.empty()) {
    require(layer->setPrivateKeyFile(files.key.c_str(), DCF_Filetype_PEM).good(),
            "The key " + files.key + " cannot be read; it has to be PEM without a password.");
    require(layer->setCertificateFile(files.certificate.c_str(), DCF_Filetype_PEM).good(),
            "The certificate " + files.certificate + " cannot be read; it has to be PEM.");
    require(layer->checkPrivateKeyMatchesCertificate(),
            "The key " + files.key + " does not belong to the certificate " +
                files.certificate + ".");
  }
  if (!files.authorities.empty()) {
    require(
        layer->addTrustedCertificateFile(files.authorities.c_str(), DCF_Filetype_PEM).good(),
        "The authorities " + files.authorities + " cannot be read; they have to be PEM.");
  }
  layer->setCertificateVerification(files.authorities.empty() ? DCV_ignoreCertificate
                                                              : DCV_requireCertificate);
  return layer;
}
