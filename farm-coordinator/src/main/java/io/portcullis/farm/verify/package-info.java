/// Whether a published Lync topology works: asked from outside through every node, and towards every member.
///
/// A client of names, documents and sockets: it knows no node's inside, and changes nothing.
@NullMarked
package io.portcullis.farm.verify;

import org.jspecify.annotations.NullMarked;
