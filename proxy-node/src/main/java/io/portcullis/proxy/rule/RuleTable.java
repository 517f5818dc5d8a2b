package io.portcullis.proxy.rule;

import io.portcullis.proxy.message.RequestHead;

/// The rules of one listener. Pure: values in, a value out, safe for any thread.
public interface RuleTable {
  Decision decide(RequestHead head);
}
