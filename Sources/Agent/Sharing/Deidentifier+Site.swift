import Crypto
public import DICOM
public import Store

extension Deidentifier {
  /// The de-identifier of a site: its pseudonyms are keyed by a secret that the store keeps.
  ///
  /// The same store gives the same pseudonyms for good; no other store can.
  public init(of store: Store) throws(StoreError) {
    let key = SymmetricKey(data: try store.secret(for: "pseudonyms"))
    self.init(
      pseudonyms: Pseudonyms { bytes in
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
      })
  }
}
