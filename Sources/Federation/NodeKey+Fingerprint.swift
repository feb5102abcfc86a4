extension NodeKey {
  /// As `ssh-keygen -l` shows the public key: what people compare by telephone.
  public var fingerprint: String {
    guard let key = try? PublicNodeKey(publicPEM) else {
      preconditionFailure("a key of ours is a key")
    }
    return key.fingerprint
  }
}
