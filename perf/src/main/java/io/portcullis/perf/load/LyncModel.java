package io.portcullis.perf.load;

import io.portcullis.farm.verify.SignIn;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// What Lync users do, each arrival on connections of its own as a client makes them.
///
/// Every one is a written list of steps. Paths are those of the external web site (Lync Server 2013, "Web services
/// components"); where a staging pool stands in, it answers them with 200 or with the challenge that begins authentication.
public enum LyncModel {
  /// A client that signs in: discovery in two steps, the user's links, a web ticket. Without a user it goes as far as the
  /// challenge; with one, see `NtlmSignIn`.
  SIGN_IN {
    @Override
    List<Request> steps(Site site, long user) {
      return List.of(
          Request.get("discover", site.discover(), "/?sipuri=" + sip(user)),
          Request.get(
              "autodiscover-root", site.web(), "/autodiscover/autodiscoverservice.svc/root"),
          Request.get(
                  "autodiscover-user",
                  site.web(),
                  "/Autodiscover/AutodiscoverService.svc/root/user?originalDomain=contoso.com")
              .expecting(200, 401),
          Request.post("web-ticket", site.web(), "/WebTicket/WebTicketService.svc", SOAP_BYTES)
              .expecting(200, 401));
    }

    @Override
    UserModel.Journey begin(Site site, long user, @Nullable SignIn who) {
      return who == null ? walk(steps(site, user)) : new NtlmSignIn(site, who);
    }
  },
  /// A mobile client; what it asks for depends on the answers.
  UCWA {
    @Override
    List<Request> steps(Site site, long user) {
      return List.of();
    }

    @Override
    UserModel.Journey begin(Site site, long user, @Nullable SignIn who) {
      return new UcwaJourney(site.web());
    }
  },
  /// The address book's files of the day, the second fetched in two ranges as a resumed download is.
  ADDRESS_BOOK {
    @Override
    List<Request> steps(Site site, long user) {
      String target = "/bytes/" + ADDRESS_BOOK_BYTES;
      long half = ADDRESS_BOOK_BYTES / 2;
      return List.of(
          Request.get("address-book", site.web(), target).expectingBytes(ADDRESS_BOOK_BYTES),
          Request.get("address-book-range", site.web(), target)
              .with("Range", "bytes=0-" + (half - 1))
              .expecting(206)
              .expectingBytes(half),
          Request.get("address-book-range", site.web(), target)
              .with("Range", "bytes=" + half + "-")
              .expecting(206)
              .expectingBytes(ADDRESS_BOOK_BYTES - half));
    }
  },
  /// Somebody who follows a meeting's link in a browser: the join page, then the web client's files.
  MEETING {
    @Override
    List<Request> steps(Site site, long user) {
      String key = Long.toString(Math.floorMod(user * 0x9E3779B97F4A7C15L, 2_176_782_336L), 36);
      return List.of(
          Request.get(
              "meet", site.meet(), "/user%d/%s".formatted(user, key.toUpperCase(Locale.ROOT))),
          Request.get("join-page", site.web(), "/lwa/WebPages/LwaClient.aspx?legacy=RmFsc2U!")
              .after(Duration.ofMillis(200)),
          Request.get("client-files", site.web(), "/bytes/262144").expectingBytes(262_144));
    }
  },
  /// A presentation uploaded into a meeting.
  CONTENT {
    @Override
    List<Request> steps(Site site, long user) {
      return List.of(Request.post("content-upload", site.web(), "/sink", CONTENT_BYTES));
    }
  },
  /// A desk phone that asks for its firmware and fetches it.
  DEVICE {
    @Override
    List<Request> steps(Site site, long user) {
      return List.of(
          Request.post("device-check", site.web(), "/RequestHandlerExt/ucdevice.upx", 1024)
              .expecting(200, 401),
          Request.get("device-files", site.web(), "/bytes/" + FIRMWARE_BYTES)
              .expectingBytes(FIRMWARE_BYTES));
    }
  };

  /// The size of a SOAP request for a ticket, with its headers.
  static final long SOAP_BYTES = 1800;

  private static final long ADDRESS_BOOK_BYTES = 2 << 20;
  private static final long CONTENT_BYTES = 4 << 20;
  private static final long FIRMWARE_BYTES = 8 << 20;

  abstract List<Request> steps(Site site, long user);

  /// @param who signs in, in the models that do; null goes as far as one gets without a password
  UserModel.Journey begin(Site site, long user, @Nullable SignIn who) {
    return walk(steps(site, user));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String sip(long user) {
    return "user" + user + "@contoso.com";
  }

  UserModel model(Site site, @Nullable SignIn who) {
    return ofJourneys(user -> begin(site, user, who));
  }

  /// Steps taken one after the other, whatever they are answered with.
  private static UserModel.Journey walk(List<Request> steps) {
    Iterator<Request> rest = steps.iterator();
    return _ -> rest.hasNext() ? rest.next() : null;
  }

  static UserModel ofSteps(LongFunction<List<Request>> script) {
    return ofJourneys(user -> walk(script.apply(user)));
  }

  /// Each user on new connections.
  static UserModel ofJourneys(LongFunction<UserModel.Journey> journeys) {
    return new UserModel() {
      @Override
      public Connections connections() {
        return Connections.NEW;
      }

      @Override
      public Journey begin(long user) {
        return journeys.apply(user);
      }
    };
  }
}
